import type { GenerationView } from "./generation";
import type { ResolutionTier } from "./models/model";

/** What a waiting time depends on. */
export type WaitKind = {
  connectionId: string;
  modelId: string;
  resolution: ResolutionTier;
  durationSeconds: number;
};

/** From pressing the button to a clip on our own disk. */
export type UsualWait = { lowSeconds: number; highSeconds: number };

const RECENT = 20;

/** The middle and the slow end of our own latest clips of the same kind; null where there is none yet. */
export function usualWait(generations: readonly GenerationView[], kind: WaitKind): UsualWait | null {
  const waits = generations
    .filter((generation) => generation.state === "succeeded" && isSameKind(waitKindOf(generation), kind))
    .toSorted((left, right) => right.createdAt - left.createdAt)
    .slice(0, RECENT)
    .flatMap(({ finishedAt, createdAt }) => (finishedAt === null ? [] : [(finishedAt - createdAt) / 1000]))
    .toSorted((left, right) => left - right);
  const lowSeconds = atShare(waits, 0.5);
  const highSeconds = atShare(waits, 0.9);
  return lowSeconds === undefined || highSeconds === undefined ? null : { lowSeconds, highSeconds };
}

export function waitKindOf(generation: GenerationView): WaitKind {
  return {
    connectionId: generation.connection.id,
    modelId: generation.modelId,
    resolution: generation.parameters.resolution,
    durationSeconds: generation.parameters.durationSeconds,
  };
}

/** `usually 2–4 min`, `usually about 25 s`. */
export function formatUsualWait({ lowSeconds, highSeconds }: UsualWait): string {
  const inMinutes = highSeconds >= 100;
  const unit = inMinutes ? "min" : "s";
  const low = inMinutes ? Math.max(1, Math.round(lowSeconds / 60)) : toFives(lowSeconds);
  const high = inMinutes ? Math.ceil(highSeconds / 60) : toFives(highSeconds);
  return low >= high ? `usually about ${high} ${unit}` : `usually ${low}–${high} ${unit}`;
}

function isSameKind(left: WaitKind, right: WaitKind): boolean {
  return (
    left.connectionId === right.connectionId &&
    left.modelId === right.modelId &&
    left.resolution === right.resolution &&
    left.durationSeconds === right.durationSeconds
  );
}

function atShare(ascending: readonly number[], share: number): number | undefined {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))];
}

function toFives(seconds: number): number {
  return Math.max(5, Math.ceil(seconds / 5) * 5);
}
