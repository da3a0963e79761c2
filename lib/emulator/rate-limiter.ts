/** Counts what happened within the last second, by key. */
export type RateLimiter = {
  /** False, and not counted, when it would be one too many. */
  take(key: string, perSecondMax: number, now: number): boolean;
};

const WINDOW_MS = 1000;

export function createRateLimiter(): RateLimiter {
  const recent = new Map<string, number[]>();
  return {
    take(key, perSecondMax, now) {
      const instants = (recent.get(key) ?? []).filter((at) => at > now - WINDOW_MS && at <= now);
      const isAllowed = instants.length < perSecondMax;
      if (isAllowed) instants.push(now);
      recent.set(key, instants);
      return isAllowed;
    },
  };
}
