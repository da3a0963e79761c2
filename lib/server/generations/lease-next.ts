import type { GenerationState } from "@/lib/domain/generation";
import type { Generation } from "./generation";
import { LEASE_MS } from "./lease-keeper";
import type { Workshop } from "./workshop";

/** So many steps a process takes in hand at once. */
export const STEPS_MAX = 16;
/** A download may drip for hours and a start may wait two minutes for its answer: neither may keep looks from their turn. */
const SAVES_MAX = 6;
const STARTS_MAX = 6;
/** Looks may be due faster than a vendor lets us ask, and for ever: so many places are for starts alone. */
const STARTS_MIN = 2;

/**
 * What a worker does next: what is under way goes before what still waits, since it is paid for, but never in all of
 * its places. `inHand` names the states of the rows that this process works on already; without `mayStart` the queue is
 * not looked at.
 */
export async function leaseNext(
  { generations, startQueue, incoming, clock }: Workshop,
  holder: string,
  inHand: readonly GenerationState[] = [],
  mayStart = true,
): Promise<Generation | null> {
  const countOf = (state: GenerationState) => inHand.filter((other) => other === state).length;
  const lease = { holder, until: clock.now() + LEASE_MS };
  const passedOver = countOf("saving") < SAVES_MAX ? [] : (["saving"] as const);
  const starts = countOf("queued");
  const hasPlace = inHand.length - starts < STEPS_MAX - STARTS_MIN;
  const due = hasPlace ? await generations.leaseDue(lease, clock.now(), passedOver, incoming.spoolId) : null;
  if (due || !mayStart || starts >= STARTS_MAX) return due;
  return startQueue.leaseNext(lease);
}
