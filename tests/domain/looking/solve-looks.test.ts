import fc from "fast-check";
import { expect, test } from "vitest";
import { type LookPrices, solveLooks } from "@/lib/domain/looking/solve-looks";

const cellsArbitrary = fc
  .array(fc.record({ width: fc.integer({ min: 1, max: 9 }), share: fc.integer({ min: 0, max: 9 }) }), {
    minLength: 1,
    maxLength: 8,
  })
  .filter((cells) => cells.some(({ share }) => share > 0));

function toRuns(cells: readonly { width: number; share: number }[]) {
  const total = cells.reduce((sum, { share }) => sum + share, 0);
  const edges = [0];
  for (const { width } of cells) edges.push((edges.at(-1) ?? 0) + 1000 * width);
  return { edgesMs: Float64Array.from(edges), mass: Float64Array.from(cells, ({ share }) => share / total) };
}

/** What these looks cost, counted run by run. */
function costOf(runs: ReturnType<typeof toRuns>, looks: readonly number[], prices: LookPrices): number {
  const edges = [...runs.edgesMs];
  return [...runs.mass].reduce((sum, share, cell) => {
    const endMs = ((edges[cell] ?? 0) + (edges[cell + 1] ?? 0)) / 2;
    const found = looks.findIndex((look) => (edges[look] ?? 0) > endMs);
    const delayMs = (edges[looks[found] ?? 0] ?? 0) - endMs;
    const lateMs = delayMs > prices.lateAfterMs ? prices.lateMs : 0;
    return sum + share * (delayMs + prices.requestMs * (found + 1) + lateMs);
  }, 0);
}

/** Every choice of edges that ends with the last and keeps the shortest gap. */
function everySchedule(edges: readonly number[], gapMsMin: number): number[][] {
  const last = edges.length - 1;
  const inner = Array.from({ length: last - 1 }, (_, index) => index + 1);
  return Array.from({ length: 2 ** inner.length }, (_, bits) => [
    ...inner.filter((_edge, index) => (bits >> index) & 1),
    last,
  ]).filter((looks) =>
    looks.every(
      (look, index) => look === last || (edges[look] ?? 0) - (edges[looks[index - 1] ?? 0] ?? 0) >= gapMsMin,
    ),
  );
}

test("no other choice of looks costs less, and what it promises is what it brings", () => {
  const prices = fc.record({
    requestMs: fc.integer({ min: 1, max: 8000 }),
    lateMs: fc.constantFrom(0, 3000, 30_000),
    lateAfterMs: fc.constantFrom(2600, 7100),
  });
  fc.assert(
    fc.property(cellsArbitrary, prices, fc.constantFrom(1000, 4000), (cells, price, gapMsMin) => {
      const runs = toRuns(cells);
      const solved = solveLooks(runs, price, { gapMsMin, gapMsMax: Number.POSITIVE_INFINITY });
      const looks: number[] = [];
      for (let edge = 0; edge < cells.length; edge = looks.at(-1) ?? cells.length)
        looks.push(solved.next[edge] ?? cells.length);
      const best = Math.min(
        ...everySchedule([...runs.edgesMs], gapMsMin).map((schedule) => costOf(runs, schedule, price)),
      );
      const promised = solved.delayMs + price.requestMs * solved.requests + price.lateMs * solved.lateShare;
      expect(costOf(runs, looks, price)).toBeCloseTo(best, 4);
      expect(promised).toBeCloseTo(best, 4);
    }),
    { numRuns: 500, seed: 4 },
  );
});

test("no gap is longer than allowed where a look in between is possible", () => {
  const runs = toRuns(Array.from({ length: 30 }, (_, cell) => ({ width: 2, share: cell === 29 ? 1 : 0 })));
  const { next } = solveLooks(
    runs,
    { requestMs: 10_000, lateMs: 0, lateAfterMs: 1 },
    { gapMsMin: 1000, gapMsMax: 10_000 },
  );
  for (let edge = 0; edge < 30; edge = next[edge] ?? 30)
    expect((runs.edgesMs[next[edge] ?? 0] ?? 0) - (runs.edgesMs[edge] ?? 0)).toBeLessThanOrEqual(10_000);
});
