/** A thousandth of a run's length: far below any gap between two looks that is worth having. */
const STEP = 0.001;
export const SHORTEST_MS = 1_000;
const LONGEST_MS = 4 * 60 * 60_000;
const LOG_SHORTEST = Math.log(SHORTEST_MS);
const BIN_COUNT = Math.ceil(Math.log(LONGEST_MS / SHORTEST_MS) / STEP);
/** A bell is drawn as far as this many of its widths. */
const REACH = 4;

/** A run or several alike, as a bell on the logarithm of its length. */
export type LogBell = { logMs: number; width: number; weight: number };

/**
 * How long a run takes, as probabilities: `mass[i]` is that of ending between `edgesMs[i]` and `edgesMs[i + 1]`. The
 * first edge is 0; the masses sum to 1.
 */
export type RunDistribution = { edgesMs: Float64Array; mass: Float64Array };

/** Sums bells up, each share of the total as its weight is. */
export function sumBells(bells: readonly LogBell[]): Float64Array {
  const bins = new Float64Array(BIN_COUNT);
  let total = 0;
  for (const { logMs, width, weight } of bells) {
    const reach = Math.max(STEP, REACH * width);
    const first = binOf(logMs - reach);
    const last = binOf(logMs + reach);
    for (let bin = first; bin <= last; bin += 1) {
      const deviation = (LOG_SHORTEST + (bin + 0.5) * STEP - logMs) / width;
      const height = (weight / width) * Math.exp(-0.5 * deviation * deviation);
      bins[bin] = (bins[bin] ?? 0) + height;
      total += height;
    }
  }
  if (total > 0) for (let bin = 0; bin < BIN_COUNT; bin += 1) bins[bin] = (bins[bin] ?? 0) / total;
  return bins;
}

/**
 * Merges bins into cells that are several times as dense as looks would lie that cost as much as a fixed interval does: where runs end with density f
 * and a share S still runs, the best gap between two looks goes with the root of S / f. What almost never happens is
 * left out at both ends.
 */
export function toCells(bins: Float64Array, intervalMs: number): RunDistribution {
  const requests = bins.reduce((sum, part, bin) => sum + part * Math.ceil(endMs(bin) / intervalMs), 0);
  const density = new Float64Array(bins.length);
  let lookSum = 0;
  let requestSum = 0;
  let seen = 0;
  for (let bin = 0; bin < bins.length; bin += 1) {
    const binMass = bins[bin] ?? 0;
    const alive = Math.max(TAIL_MASS, 1 - seen);
    const look = Math.sqrt((binMass * (endMs(bin) - endMs(bin - 1))) / alive);
    seen += binMass;
    if (seen < TAIL_MASS || seen > 1 - TAIL_MASS) continue;
    density[bin] = look;
    lookSum += look;
    requestSum += look * alive;
  }
  const cells = Math.min(CELLS_MAX, Math.max(CELLS_MIN, (CELLS_PER_LOOK * requests * lookSum) / requestSum));

  const edgesMs = [0];
  const mass: number[] = [];
  let cellMass = 0;
  let cellLooks = 0;
  for (const [bin, look] of density.entries()) {
    if (look > 0 && mass.length === 0) {
      edgesMs.push(endMs(bin - 1));
      mass.push(cellMass);
      cellMass = 0;
    }
    cellMass += bins[bin] ?? 0;
    cellLooks += look;
    if (cellLooks >= lookSum / cells) {
      edgesMs.push(endMs(bin));
      mass.push(cellMass);
      cellMass = 0;
      cellLooks = 0;
    }
  }
  const total = mass.reduce((sum, part) => sum + part, 0);
  return { edgesMs: Float64Array.from(edgesMs), mass: Float64Array.from(mass, (part) => part / total) };
}

const TAIL_MASS = 1e-4;
const CELLS_PER_LOOK = 8;
const CELLS_MIN = 100;
const CELLS_MAX = 2000;

function endMs(bin: number): number {
  return Math.exp(LOG_SHORTEST + (bin + 1) * STEP);
}

function binOf(logMs: number): number {
  return Math.min(BIN_COUNT - 1, Math.max(0, Math.floor((logMs - LOG_SHORTEST) / STEP)));
}
