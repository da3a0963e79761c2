import { AppError } from "@/lib/domain/errors";
import type { Clock } from "../clock";

const MINUTE_MS = 60_000;
const TESTS_A_MINUTE_MAX = 6;

export type TestTurns = { take<Value>(viewerId: string, test: () => Promise<Value>): Promise<Value> };

/**
 * Holds each person's tests of connections to one at a time and a few a minute: every test sends several requests with
 * the operator's key. Throws an AppError `too-many-requests` that says how long to wait. It counts in memory: a restart
 * forgets it.
 */
export function createTestTurns(clock: Clock): TestTurns {
  const running = new Set<string>();
  const startedAt = new Map<string, number[]>();

  function recentOf(viewerId: string): number[] {
    return (startedAt.get(viewerId) ?? []).filter((at) => at > clock.now() - MINUTE_MS);
  }

  return {
    async take(viewerId, test) {
      if (running.has(viewerId)) {
        throw new AppError("too-many-requests", "A test of yours is still running. Wait until it has ended.");
      }
      const recent = recentOf(viewerId);
      const [first] = recent;
      if (first !== undefined && recent.length >= TESTS_A_MINUTE_MAX) {
        const waitSeconds = Math.ceil((first + MINUTE_MS - clock.now()) / 1000);
        throw new AppError(
          "too-many-requests",
          `That was ${TESTS_A_MINUTE_MAX} tests within a minute. Test again in ${waitSeconds} s.`,
        );
      }
      // Whoever has not tested for a minute needs no entry.
      for (const id of startedAt.keys()) if (recentOf(id).length === 0) startedAt.delete(id);
      startedAt.set(viewerId, [...recent, clock.now()]);
      running.add(viewerId);
      try {
        return await test();
      } finally {
        running.delete(viewerId);
      }
    },
  };
}
