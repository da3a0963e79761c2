import type { RunDistribution } from "./run-histogram";

/** What a look costs, in ms of delay, and what is to be avoided. */
export type LookPrices = {
  /** One request, as the ms of delay that it must save. */
  requestMs: number;
  /** Learning of an end more than `lateAfterMs` late, in ms on top of the delay itself. */
  lateMs: number;
  lateAfterMs: number;
};
export type LookBounds = { gapMsMin: number; gapMsMax: number };

/** The looks that cost least together, and what they are expected to bring. */
export type SolvedLooks = {
  /** After a look at edge `i` that found the task running, the next is at edge `next[i]`. */
  next: Int32Array;
  delayMs: number;
  requests: number;
  lateShare: number;
};

/**
 * The cheapest looks for a known distribution, by dynamic programming from its far end: a look may be at any edge, the
 * last edge is one. Exact on the grid; quadratic in the number of edges.
 */
export function solveLooks(
  { edgesMs, mass }: RunDistribution,
  prices: LookPrices,
  bounds: LookBounds,
): SolvedLooks {
  const count = mass.length;
  // Sums up to each edge: of the mass, of mass times its place, and of the mass that a look there would find late.
  const massTo = new Float64Array(count + 1);
  const momentTo = new Float64Array(count + 1);
  const lateTo = new Float64Array(count + 1);
  for (let cell = 0; cell < count; cell += 1) {
    const part = mass[cell] ?? 0;
    massTo[cell + 1] = at(massTo, cell) + part;
    momentTo[cell + 1] = at(momentTo, cell) + part * middle(edgesMs, cell);
  }
  for (let edge = 1, cell = 0; edge <= count; edge += 1) {
    while (cell < edge && middle(edgesMs, cell) < at(edgesMs, edge) - prices.lateAfterMs) cell += 1;
    lateTo[edge] = at(massTo, cell);
  }

  const next = new Int32Array(count + 1).fill(count);
  const cost = new Float64Array(count + 1);
  for (let from = count - 1; from >= 0; from -= 1) {
    const alive = 1 - at(massTo, from);
    let best = Number.POSITIVE_INFINITY;
    for (let to = from + 1; to <= count; to += 1) {
      const gapMs = at(edgesMs, to) - at(edgesMs, from);
      if (gapMs < bounds.gapMsMin && to < count) continue;
      if (gapMs > bounds.gapMsMax && best < Number.POSITIVE_INFINITY) break;
      const delay =
        at(edgesMs, to) * (at(massTo, to) - at(massTo, from)) - (at(momentTo, to) - at(momentTo, from));
      // What is left after a look costs something too: a later one can only be worse.
      if (delay > best) break;
      const late = Math.max(0, at(lateTo, to) - at(massTo, from));
      const sum = delay + prices.requestMs * alive + prices.lateMs * late + at(cost, to);
      if (sum < best) {
        best = sum;
        next[from] = to;
      }
    }
    cost[from] = best;
  }

  let requests = 0;
  let delayMs = 0;
  let lateShare = 0;
  for (let from = 0; from < count; ) {
    const to = next[from] ?? count;
    requests += 1 - at(massTo, from);
    delayMs +=
      at(edgesMs, to) * (at(massTo, to) - at(massTo, from)) - (at(momentTo, to) - at(momentTo, from));
    lateShare += Math.max(0, at(lateTo, to) - at(massTo, from));
    from = to;
  }
  return { next, delayMs, requests, lateShare };
}

function middle(edgesMs: Float64Array, cell: number): number {
  return (at(edgesMs, cell) + at(edgesMs, cell + 1)) / 2;
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}
