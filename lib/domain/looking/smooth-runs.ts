import type { ObservedRun } from "./observed-run";
import { type LogBell, SHORTEST_MS } from "./run-histogram";

/** How wide a bell is beside the spread of all runs; at 1 all bells are one, and that is the log-normal. */
const WIDTH_SHARES = [0.08, 0.12, 0.18, 0.26, 0.36, 0.5, 0.7, 0.9, 0.98];
/** Enough to tell whether two groups of runs are one. */
const COARSE_SHARES = [0.12, 0.36, 0.98];
/** The spread of a kind of which little has been seen, and for how many runs that guess counts. */
const SPREAD_GUESS = 0.2;
const SPREAD_GUESS_RUNS = 1;
/** A spread that was measured on a few runs is mostly too small for the next one. */
const CAUTION = 1.05;
/** Few bells have to earn their place: narrow ones follow every chance of the sample. */
const SMOOTHNESS = 2;

type Point = { logMs: number; blur: number };
type Spread = { mean: number; deviation: number };

/**
 * Runs as bells on the logarithm of their length, smoothed just as much as makes each run most likely in the light of
 * the others. The bells are drawn towards the mean so that smoothing does not widen the whole (West, 1993): between
 * one bell a run, for a model with two speeds, and a plain log-normal, for a few runs of one, the data decide.
 */
export function smoothRuns(runs: readonly ObservedRun[]): LogBell[] {
  const points = runs.map(toPoint);
  const fits = fitsOf(points, WIDTH_SHARES);
  const best = Math.max(...fits.map(({ fit }) => fit));
  return fits.flatMap(({ bells, fit }) => {
    const weight = Math.exp(fit - best);
    return weight < NEGLIGIBLE ? [] : bells.map((bell) => ({ ...bell, weight }));
  });
}

/** How likely the runs are at their best smoothing, each in the light of the others; a natural logarithm. */
export function fitOf(points: readonly Point[]): number {
  return Math.max(...fitsOf(points, COARSE_SHARES).map(({ fit }) => fit));
}

function fitsOf(points: readonly Point[], shares: readonly number[]): { bells: LogBell[]; fit: number }[] {
  const spread = spreadOf(points);
  return shares.map((share) => {
    const bells = toBells(points, spread, share);
    let fit = SMOOTHNESS * Math.log(share);
    for (const [index, { logMs }] of points.entries())
      fit += Math.log(densityAt(bells, logMs, index) + FLOOR);
    return { bells, fit };
  });
}

const NEGLIGIBLE = 0.05;
/** Far below any density that a run in its place could have. */
const FLOOR = 1e-3;

/** How dense runs lie at a logarithm, without the bell at `except`. */
export function densityAt(bells: readonly LogBell[], logMs: number, except = -1): number {
  let sum = 0;
  let weight = 0;
  for (let index = 0; index < bells.length; index += 1) {
    const bell = bells[index];
    if (!bell || index === except) continue;
    const deviation = (logMs - bell.logMs) / bell.width;
    sum += (bell.weight * Math.exp(-0.5 * deviation * deviation)) / bell.width;
    weight += bell.weight;
  }
  return weight > 0 ? sum / (weight * Math.sqrt(2 * Math.PI)) : 0;
}

export function toPoint({ earliestMs, latestMs }: ObservedRun): Point {
  const low = Math.log(Math.max(SHORTEST_MS, earliestMs));
  const high = Math.log(Math.max(SHORTEST_MS, latestMs));
  // An end somewhere between two looks is known no better than this.
  return { logMs: (low + high) / 2, blur: (high - low) / Math.sqrt(12) };
}

function spreadOf(points: readonly Point[]): Spread {
  const mean = points.reduce((sum, { logMs }) => sum + logMs, 0) / Math.max(1, points.length);
  const squares = points.reduce((sum, { logMs }) => sum + (logMs - mean) ** 2, 0);
  const guess = SPREAD_GUESS_RUNS * SPREAD_GUESS ** 2;
  return { mean, deviation: CAUTION * Math.sqrt((guess + squares) / (SPREAD_GUESS_RUNS + points.length)) };
}

function toBells(points: readonly Point[], { mean, deviation }: Spread, share: number): LogBell[] {
  const draw = Math.sqrt(1 - share * share);
  return points.map(({ logMs, blur }) => ({
    logMs: mean + draw * (logMs - mean),
    width: Math.hypot(share * deviation, blur),
    weight: 1,
  }));
}
