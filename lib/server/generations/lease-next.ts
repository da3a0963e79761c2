import type { Generation } from "./generation";
import { LEASE_MS } from "./lease-keeper";
import type { Workshop } from "./workshop";

/** What a worker does next: what is under way goes before what still waits, since it is paid for. */
export async function leaseNext(
  { generations, startQueue, clock }: Workshop,
  holder: string,
): Promise<Generation | null> {
  const lease = { holder, until: clock.now() + LEASE_MS };
  return (await generations.leaseDue(lease, clock.now())) ?? startQueue.leaseNext(lease);
}
