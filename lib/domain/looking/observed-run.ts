import type { ResolutionTier } from "@/lib/domain/models/model";

/** What a run's length depends on. */
export type RunKind = {
  connectionId: string;
  modelId: string;
  resolution: ResolutionTier;
  durationSeconds: number;
};

/**
 * A task that ended, from its acceptance, in ms. Where the vendor tells the time of the end, `earliestMs` and
 * `latestMs` are the same; where it does not, they are our last look that found it running and the one that found it ended.
 */
export type ObservedRun = {
  earliestMs: number;
  latestMs: number;
  /** How much of it was waiting at the vendor; null where that is not told. */
  queueMs: number | null;
};

/** The same run from when it began. */
export function ranForMs({ earliestMs, latestMs, queueMs }: ObservedRun): ObservedRun {
  const waitedMs = queueMs ?? 0;
  return { earliestMs: earliestMs - waitedMs, latestMs: latestMs - waitedMs, queueMs: 0 };
}

const TIER_FACTOR: Record<ResolutionTier, number> = { "480P": 0.75, "720P": 1, "1080P": 1.25 };

/**
 * What a run may be expected to take before any was seen, ms. The vendor's samples end 59 to 99 s after submit for 5
 * to 10 seconds of film, and it speaks of one to five minutes. (API reference, "Query the result by task ID".)
 */
export function expectedRunMs({
  resolution,
  durationSeconds,
}: Omit<RunKind, "connectionId" | "modelId">): number {
  return (50_000 + 6_000 * durationSeconds) * TIER_FACTOR[resolution];
}
