import { describe, expect, it } from "vitest";
import { nextLookMs, planLooks } from "@/lib/domain/looking/look-policy";

const INTERVAL_MS = 15_000;

/** Runs that end anywhere between, in steps of a quarter of a second. */
function evenly(fromMs: number, untilMs: number) {
  const count = (untilMs - fromMs) / 250;
  const edges = [0, ...Array.from({ length: count + 1 }, (_, index) => fromMs + 250 * index)];
  return {
    edgesMs: Float64Array.from(edges),
    mass: Float64Array.from([0, ...Array<number>(count).fill(1 / count)]),
  };
}

describe.each([
  [60_000, 90_000],
  [30_000, 150_000],
  [10_000, 400_000],
])("runs that end between %i and %i ms", (fromMs, untilMs) => {
  const policy = planLooks(evenly(fromMs, untilMs), INTERVAL_MS);
  const ends = Array.from(
    { length: 4000 },
    (_, index) => fromMs + ((index + 0.5) / 4000) * (untilMs - fromMs),
  );
  const found = ends.map((endMs) => {
    let atMs = 0;
    let requests = 0;
    for (; atMs < endMs; requests += 1) atMs = nextLookMs(policy, atMs);
    return { delayMs: atMs - endMs, requests };
  });
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it("take no more requests than the fixed interval, and nearly as many", () => {
    const requests = mean(found.map((finding) => finding.requests));
    const fixed = mean(ends.map((endMs) => Math.ceil(endMs / INTERVAL_MS)));
    expect(requests).toBeLessThanOrEqual(fixed);
    expect(requests).toBeGreaterThan(0.85 * fixed);
  });

  it("are learnt of sooner in the mean, and seldom later than the fixed interval's slowest", () => {
    expect(mean(found.map(({ delayMs }) => delayMs))).toBeLessThanOrEqual(INTERVAL_MS / 2);
    const late = found.filter(({ delayMs }) => delayMs > 0.95 * INTERVAL_MS).length;
    expect(late / found.length).toBeLessThanOrEqual(0.0501);
  });
});
