import type { Failure } from "@/lib/domain/failure";
import type { Clock } from "../clock";
import { ProviderError } from "../providers/provider";
import type { RateGates } from "./rate-gate-repository";

/** Queries, cancels and lists share 20 a second and account (API reference, "Rate limits"); a little is left to others. */
const QUERY_INTERVAL_MS = 1000 / 18;
/** Throttled without a word on how long: others use the account too. */
const THROTTLED_MS = 1_000;
/** A worker's hand waits so long for the account to be asked again; beyond that its row comes back later. */
const IN_HAND_MS_MAX = 2_000;
/** A longer word cannot be meant for a look, whose task and file die after 24 hours: it is asked again after a minute. */
const BELIEVED_MS_MAX = 15 * 60_000;
const UNBELIEVED_MS = 60_000;

/** How long the answer to a query keeps us from the next, where it says so, ms. */
export function queryWaitMs(retryAfterMs: number): number {
  return retryAfterMs > BELIEVED_MS_MAX ? UNBELIEVED_MS : retryAfterMs;
}

/** The account was told to wait, so nothing was asked. */
export class QueriesHeld extends ProviderError {
  declare readonly retryAfterMs: number;

  constructor(heldMs: number) {
    super({ failure: HELD, accepted: "no", isRetryable: true, retryAfterMs: heldMs });
  }
}

const HELD: Failure = {
  kind: "throttled",
  title: "The vendor asked us to wait",
  explanation: "Nothing was asked.",
  input: null,
  charged: "no",
  advice: "retry-later",
  raw: null,
};

/**
 * When an account may be asked about its tasks, by all our processes together. What can go wrong: a vendor throttles
 * one look and hundreds of others knock on, so that it goes on throttling. So a throttled query holds back all of the
 * account, and whoever comes meanwhile is turned away instead of waiting in a worker's hand. Turns and the hold are two
 * gates: else each that is turned away would take a turn with it.
 */
export function createQueryTurns({ gates, clock }: { gates: RateGates; clock: Clock }) {
  const turnsOf = (accountId: string) => `query ${accountId}`;
  const holdOf = (accountId: string) => `query hold ${accountId}`;

  async function heldMs(accountId: string): Promise<number> {
    const ms = await gates.waitMs(holdOf(accountId), clock.now());
    if (ms > IN_HAND_MS_MAX) throw new QueriesHeld(ms);
    return ms;
  }

  return {
    /**
     * Waits until the account may be asked once more. Throws QueriesHeld where that is not soon, but for a task's
     * `isLastTry`, which only keeps the pace; and what `signal` says where it ends the wait.
     */
    async take(accountId: string, signal: AbortSignal, isLastTry = false): Promise<void> {
      for (;;) {
        const holdMs = isLastTry ? 0 : await heldMs(accountId);
        if (holdMs > 0) await clock.pause(holdMs, signal);
        const waitMs = await gates.reserve(turnsOf(accountId), QUERY_INTERVAL_MS, clock.now());
        if (waitMs === 0) return;
        await clock.pause(waitMs, signal);
        if (isLastTry || (await heldMs(accountId)) === 0) return;
      }
    },

    /** Holds the account's queries back where the answer to one asks for that. */
    async obey(accountId: string, { failure, retryAfterMs }: ProviderError): Promise<void> {
      const waitMs = retryAfterMs ?? (failure.kind === "throttled" ? THROTTLED_MS : 0);
      if (waitMs > 0) await gates.hold(holdOf(accountId), clock.now() + queryWaitMs(waitMs));
    },
  };
}
