import type { Clock } from "@/lib/server/clock";

/** A clock that stands still until it is told to move, or somebody pauses. */
export function createFakeClock(
  startAt: number,
): Clock & { advance(ms: number): void; set(epochMs: number): void } {
  let at = startAt;
  return {
    now: () => at,
    async pause(ms, signal) {
      signal?.throwIfAborted();
      at += ms;
    },
    advance(ms) {
      at += ms;
    },
    set(epochMs) {
      at = epochMs;
    },
  };
}
