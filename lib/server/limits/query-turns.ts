import type { Clock } from "../clock";
import type { RateGates } from "./rate-gate-repository";

/** Queries, cancels and lists share 20 a second and account (API reference, "Rate limits"); a little is left to others. */
const QUERY_INTERVAL_MS = 1000 / 18;

/** Waits until the account may be asked once more, by all our processes together. Throws where `signal` ends the wait. */
export async function awaitQueryTurn(
  gates: RateGates,
  clock: Clock,
  accountId: string,
  signal: AbortSignal,
): Promise<void> {
  const waitMs = await gates.reserve(`query ${accountId}`, QUERY_INTERVAL_MS, clock.now());
  if (waitMs > 0) await clock.pause(waitMs, signal);
}
