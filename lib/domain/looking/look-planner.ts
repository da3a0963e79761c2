import { estimateRuns, NEIGHBOURS_MAX, RUNS_MAX, type RunHistory } from "./estimate-runs";
import { type LookPolicy, nextLookMs, planLooks } from "./look-policy";
import { type ObservedRun, type RunKind, ranForMs } from "./observed-run";

/** What the last look told of a task, in ms since its acceptance. */
export type LookedAt = {
  elapsedMs: number;
  /** How long it waited at the vendor before it began; null where that is not told. */
  queueMs: number | null;
  /** It has not begun yet. */
  isQueued: boolean;
};

/** Nothing but the acceptance is known. */
export const JUST_ACCEPTED: LookedAt = { elapsedMs: 0, queueMs: null, isQueued: false };

export type LookPlanner = {
  /** A task ended: what is thought of its kind changes with the next look. */
  record(kind: RunKind, run: ObservedRun): void;
  /** How long after its acceptance to look at a task again that has not ended, ms; always after `elapsedMs`. */
  nextLookMs(kind: RunKind, looked: LookedAt): number;
};

type Known = { own: ObservedRun[]; whole: LookPolicy | null; part: LookPolicy | null };

/**
 * Learns from the runs of each kind and plans the looks at the next ones. `intervalMs` is the fixed interval whose
 * requests are not to be passed. Memory grows with the number of kinds, not of runs.
 */
export function createLookPlanner(intervalMs: number): LookPlanner {
  const kinds = new Map<string, Known>();
  const latest = new Map<string, { kind: RunKind; run: ObservedRun }[]>();

  function knownOf(kind: RunKind): Known {
    const key = keyOf(kind);
    const known = kinds.get(key) ?? { own: [], whole: null, part: null };
    kinds.set(key, known);
    return known;
  }

  function plan(kind: RunKind, own: readonly ObservedRun[]): LookPolicy {
    const neighbours: RunHistory["neighbours"] = (latest.get(kind.connectionId) ?? []).filter(
      (neighbour) => keyOf(neighbour.kind) !== keyOf(kind),
    );
    return planLooks(estimateRuns(kind, { own, neighbours }, intervalMs), intervalMs);
  }

  return {
    record(kind, run) {
      const known = knownOf(kind);
      known.own = [...known.own, run].slice(-RUNS_MAX);
      known.whole = null;
      known.part = null;
      latest.set(
        kind.connectionId,
        [...(latest.get(kind.connectionId) ?? []), { kind, run }].slice(-NEIGHBOURS_MAX),
      );
    },

    nextLookMs(kind, { elapsedMs, queueMs, isQueued }) {
      const known = knownOf(kind);
      if (!isQueued && queueMs === null) {
        known.whole ??= plan(kind, known.own);
        return nextLookMs(known.whole, elapsedMs);
      }
      // Once it is told when a task began, only the part from there is uncertain; before, it could begin at any moment.
      known.part ??= plan(kind, known.own.map(ranForMs));
      if (isQueued) return elapsedMs + Math.max(intervalMs, nextLookMs(known.part, 0));
      const beganMs = Math.min(queueMs ?? 0, elapsedMs);
      return beganMs + nextLookMs(known.part, elapsedMs - beganMs);
    },
  };
}

function keyOf({ connectionId, modelId, resolution, durationSeconds }: RunKind): string {
  return JSON.stringify([connectionId, modelId, resolution, durationSeconds]);
}
