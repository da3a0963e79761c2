import { latestRegime } from "./latest-regime";
import { expectedRunMs, type ObservedRun, type RunKind } from "./observed-run";
import { type LogBell, type RunDistribution, sumBells, toCells } from "./run-histogram";
import { smoothRuns, toPoint } from "./smooth-runs";

/** Only so many of the latest runs of a kind are looked at. */
export const RUNS_MAX = 120;
/** And at so many of its connection's others. */
export const NEIGHBOURS_MAX = 30;
/** A guess counts for as many runs as this at first, and fades with the square of their number. */
const GUESS_RUNS = 1;
const GUESS_FADE_RUNS = 4;
const GUESS_SPREAD = 0.6;
/** The first run already tells better than the guess where all the others will be. */
const GUESS_PLACE_RUNS = 0.2;
/** A kind that was never seen runs like its neighbours, to within this. */
const NEIGHBOUR_SPREAD = 0.25;
/** What the vendor refuses, it mostly refuses at once. */
const REFUSED_SHARE = 0.1;
const REFUSED_MS = 2_000;
const REFUSED_SPREAD = 0.4;
export type RunHistory = {
  /** Runs of the same kind, oldest first. */
  own: readonly ObservedRun[];
  /** Runs of other kinds on the same connection, oldest first. */
  neighbours: readonly { kind: RunKind; run: ObservedRun }[];
};

/**
 * What the next run of this kind will take: our own latest runs, and a guess that fades as they come in. The cells suit
 * looks as frequent as every `intervalMs`.
 */
export function estimateRuns(kind: RunKind, history: RunHistory, intervalMs: number): RunDistribution {
  const own = latestRegime(history.own.slice(-RUNS_MAX));
  const guess = guessRuns(kind, own, history.neighbours);
  const guessShare = GUESS_RUNS / (GUESS_RUNS + own.length + own.length ** 2 / GUESS_FADE_RUNS);
  const bells = [...weighed(smoothRuns(own), 1 - guessShare), ...weighed(guess, guessShare)];
  return toCells(sumBells(bells), intervalMs);
}

/**
 * Before any run was seen: like its neighbours where there are any, scaled by what is known of the two kinds. Later it
 * only says that the next run may be quite another, and so moves to where the runs are.
 */
function guessRuns(
  kind: RunKind,
  own: readonly ObservedRun[],
  neighbours: RunHistory["neighbours"],
): LogBell[] {
  const sameModel = neighbours.filter((neighbour) => neighbour.kind.modelId === kind.modelId);
  const nearest = (sameModel.length > 0 ? sameModel : neighbours).slice(-NEIGHBOURS_MAX);
  const expected = Math.log(expectedRunMs(kind));
  const anyShare = GUESS_RUNS / (GUESS_RUNS + nearest.length);
  const bells = [
    { logMs: expected, width: GUESS_SPREAD, weight: anyShare },
    ...nearest.map((neighbour) => ({
      logMs: toPoint(neighbour.run).logMs + expected - Math.log(expectedRunMs(neighbour.kind)),
      width: NEIGHBOUR_SPREAD,
      weight: (1 - anyShare) / nearest.length,
    })),
  ];
  const centre = bells.reduce((sum, { logMs, weight }) => sum + weight * logMs, 0);
  const seen = own.reduce((sum, run) => sum + toPoint(run).logMs, 0) / Math.max(1, own.length);
  const shift = ((seen - centre) * own.length) / (own.length + GUESS_PLACE_RUNS);
  return [
    ...bells.map((bell) => ({
      ...bell,
      logMs: bell.logMs + shift,
      weight: (1 - REFUSED_SHARE) * bell.weight,
    })),
    { logMs: Math.log(REFUSED_MS), width: REFUSED_SPREAD, weight: REFUSED_SHARE },
  ];
}

function weighed(bells: readonly LogBell[], share: number): LogBell[] {
  const total = bells.reduce((sum, { weight }) => sum + weight, 0);
  return bells.map((bell) => ({ ...bell, weight: (bell.weight / total) * share }));
}
