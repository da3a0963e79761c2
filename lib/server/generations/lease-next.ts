import type { GenerationState } from "@/lib/domain/generation";
import type { Generation } from "./generation";
import { LEASE_MS } from "./lease-keeper";
import type { Workshop } from "./workshop";

/** So many steps a process takes in hand at once. */
export const STEPS_MAX = 16;
/** A download may drip for hours and a start may wait two minutes for its answer: neither may keep looks from their turn. */
const SAVES_MAX = 6;
const STARTS_MAX = 6;

/**
 * What a worker does next: what is under way goes before what still waits, since it is paid for. `inHand` names the
 * states of the rows that this process works on already.
 */
export async function leaseNext(
  { generations, startQueue, clock }: Workshop,
  holder: string,
  inHand: readonly GenerationState[] = [],
): Promise<Generation | null> {
  const countOf = (state: GenerationState) => inHand.filter((other) => other === state).length;
  const lease = { holder, until: clock.now() + LEASE_MS };
  const passedOver = countOf("saving") < SAVES_MAX ? [] : (["saving"] as const);
  const due = await generations.leaseDue(lease, clock.now(), passedOver);
  if (due || countOf("queued") >= STARTS_MAX) return due;
  return startQueue.leaseNext(lease);
}
