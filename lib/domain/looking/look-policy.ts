import type { RunDistribution } from "./run-histogram";
import { type LookBounds, type LookPrices, type SolvedLooks, solveLooks } from "./solve-looks";

/** Two looks at one task are never closer than this. */
export const LOOK_GAP_MS_MIN = 1_000;
/** A task that may fail at any time is not left alone for longer, however long its kind takes. */
const FORESEEN_GAP_MS_MAX = 600_000;
/** Beyond all that was foreseen: from the fixed interval, slower and slower, but never slower than this. */
const OVERDUE_GAP_MS_MAX = 60_000;
const OVERDUE_GROWTH = 0.1;
/** The estimate is never quite true: a little is left of the budget, and of what may be late. */
const BUDGET_SHARE = 0.97;
const LATE_SHARE_MAX = 0.04;
/** A fixed interval learns of 95 % of all ends within this share of itself. */
const LATE_AFTER_INTERVALS = 0.95;

const ROUNDS = 12;
const AIMED_ROUNDS = 6;
const LATE_ROUNDS = 4;
const FIRST_REQUEST_MS = 1_000;
const LATE_INTERVALS_MAX = 64;
const BUDGET_SLACK = 0.004;

/** When to look at a task that was still running at the last look. */
export type LookPolicy = {
  edgesMs: Float64Array;
  /** After a look at edge `i`, the next is at edge `next[i]`; null where it is simply the interval. */
  next: Int32Array | null;
  intervalMs: number;
};

/**
 * The looks with the least mean delay that take no more requests than asking every `intervalMs` would, and are not
 * late more often. Where no looks can be both, as when an end is as likely at any time, it is that interval.
 */
export function planLooks(runs: RunDistribution, intervalMs: number): LookPolicy {
  const budget = BUDGET_SHARE * fixedRequests(runs, intervalMs);
  const bounds = { gapMsMin: LOOK_GAP_MS_MIN, gapMsMax: FORESEEN_GAP_MS_MAX };
  const lateAfterMs = LATE_AFTER_INTERVALS * intervalMs;
  // The price that met the budget last is near the one that will meet it next.
  let requestMs = FIRST_REQUEST_MS;
  const within = (lateMs: number) => {
    const found = withinBudget(runs, { lateMs, lateAfterMs, requestMs }, bounds, budget);
    requestMs = found.requestMs;
    return found.solved;
  };

  const isGood = ({ requests, lateShare }: SolvedLooks) => requests <= budget && lateShare <= LATE_SHARE_MAX;
  let solved = within(0);
  if (!isGood(solved)) {
    // The dearest lateness that still helps is sought from above: it costs the mean no more than it must.
    let low = 0;
    let high = LATE_INTERVALS_MAX * intervalMs;
    solved = within(high);
    for (let round = 0; round < LATE_ROUNDS && isGood(solved); round += 1) {
      const lateMs = low === 0 ? high / 8 : Math.sqrt(low * high);
      const tried = within(lateMs);
      if (isGood(tried)) [high, solved] = [lateMs, tried];
      else low = lateMs;
    }
  }
  const next = isGood(solved) ? solved.next : null;
  return { edgesMs: runs.edgesMs, next, intervalMs };
}

/** The looks at the lowest price of a request that keeps them within the budget, to half a per cent. */
function withinBudget(
  runs: RunDistribution,
  prices: LookPrices,
  bounds: LookBounds,
  budget: number,
): { solved: SolvedLooks; requestMs: number } {
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let { requestMs } = prices;
  let best = { solved: solveLooks(runs, prices, bounds), requestMs };
  for (let round = 0; round < ROUNDS; round += 1) {
    const solved = round === 0 ? best.solved : solveLooks(runs, { ...prices, requestMs }, bounds);
    // Within the budget the most requests are wanted; while none is, the fewest.
    const isNearer = best.solved.requests > budget || solved.requests > best.solved.requests;
    if (solved.requests <= budget) {
      high = requestMs;
      if (isNearer) best = { solved, requestMs };
      if (solved.requests >= budget * (1 - BUDGET_SLACK)) break;
    } else {
      low = requestMs;
      if (solved.requests < best.solved.requests) best = { solved, requestMs };
    }
    // The number of looks goes about with the root of their price.
    const aimed = requestMs * (solved.requests / (budget * (1 - BUDGET_SLACK / 2))) ** 2;
    const between =
      high === Number.POSITIVE_INFINITY ? 8 * requestMs : low === 0 ? high / 8 : Math.sqrt(low * high);
    requestMs = round < AIMED_ROUNDS && aimed > low && aimed < high ? aimed : between;
  }
  return best;
}

/** How many requests a fixed interval takes, the one that finds the end included. */
function fixedRequests({ edgesMs, mass }: RunDistribution, intervalMs: number): number {
  return mass.reduce((sum, part, cell) => {
    const endMs = ((edgesMs[cell] ?? 0) + (edgesMs[cell + 1] ?? 0)) / 2;
    return sum + part * Math.ceil(endMs / intervalMs);
  }, 0);
}

/**
 * How long after its acceptance to look at a task again that was running at `elapsedMs`. Always later than
 * `elapsedMs`; there is no last look.
 */
export function nextLookMs({ edgesMs, next, intervalMs }: LookPolicy, elapsedMs: number): number {
  const lastMs = edgesMs[edgesMs.length - 1] ?? 0;
  if (elapsedMs >= lastMs) {
    const overdueMs = elapsedMs - lastMs;
    return elapsedMs + Math.min(OVERDUE_GAP_MS_MAX, intervalMs + OVERDUE_GROWTH * overdueMs);
  }
  if (next === null) return elapsedMs + intervalMs;
  const soonestMs = elapsedMs + LOOK_GAP_MS_MIN;
  const plannedMs = edgesMs[next[edgeBefore(edgesMs, elapsedMs)] ?? 0] ?? 0;
  return Math.min(elapsedMs + FORESEEN_GAP_MS_MAX, Math.max(soonestMs, plannedMs));
}

/** The last edge at or before `elapsedMs`. */
function edgeBefore(edgesMs: Float64Array, elapsedMs: number): number {
  let low = 0;
  let high = edgesMs.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((edgesMs[middle] ?? 0) <= elapsedMs) low = middle;
    else high = middle - 1;
  }
  return low;
}
