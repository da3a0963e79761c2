import type { Clock } from "@/lib/server/clock";

/** A clock that stands still until it is told to move. */
export function createFakeClock(
  startAt: number,
): Clock & { advance(ms: number): void; set(epochMs: number): void } {
  let at = startAt;
  return {
    now: () => at,
    advance(ms) {
      at += ms;
    },
    set(epochMs) {
      at = epochMs;
    },
  };
}
