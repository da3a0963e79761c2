import { describe, expect, it } from "vitest";
import { createLookPlanner, JUST_ACCEPTED, type LookPlanner } from "@/lib/domain/looking/look-planner";
import type { RunKind } from "@/lib/domain/looking/observed-run";
import { createRandom } from "@/tests/bench/random";

const INTERVAL_MS = 15_000;
const DAY_MS = 24 * 3_600_000;
const kind: RunKind = { connectionId: "singapore", modelId: "wan", resolution: "720P", durationSeconds: 5 };
const exact = (ms: number, queueMs: number | null = null) => ({ earliestMs: ms, latestMs: ms, queueMs });

function plannerAfter(runsMs: readonly number[], of = kind): LookPlanner {
  const planner = createLookPlanner(INTERVAL_MS);
  for (const ms of runsMs) planner.record(of, exact(ms));
  return planner;
}

function runsAround(medianMs: number, spread: number, count: number, seed = 1): number[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => medianMs * Math.exp(spread * random.normal()));
}

function looksUntil(planner: LookPlanner, endMs: number, of = kind): number[] {
  const looks: number[] = [];
  for (let elapsedMs = 0; elapsedMs < endMs; looks.push(elapsedMs))
    elapsedMs = planner.nextLookMs(of, { ...JUST_ACCEPTED, elapsedMs });
  return looks;
}

const histories: [string, number[]][] = [
  ["nothing", []],
  ["one run", [90_000]],
  ["runs that are all the same", Array(60).fill(90_000)],
  ["runs of no length at all", Array(10).fill(0)],
  ["runs of a day", Array(10).fill(DAY_MS)],
  ["a narrow spread", runsAround(90_000, 0.1, 50)],
  ["a wide spread", runsAround(90_000, 0.5, 50)],
  ["two speeds", [...runsAround(60_000, 0.1, 25), ...runsAround(180_000, 0.1, 25)]],
];

describe.each(histories)("after %s", (_name, runsMs) => {
  const planner = plannerAfter(runsMs);

  it("looks go on to the end of the vendor's day, never less than a second or more than ten minutes apart", () => {
    const looks = looksUntil(planner, DAY_MS);
    const gaps = looks.map((atMs, index) => atMs - (looks[index - 1] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(600_001);
    expect(looks.at(-1)).toBeGreaterThanOrEqual(DAY_MS);
  });

  it("a look that comes late, as after a sleep, is followed by another in its turn", () => {
    for (const elapsedMs of [1, 777, 61_234, 95_001, 3_600_000, DAY_MS - 1]) {
      const nextMs = planner.nextLookMs(kind, { ...JUST_ACCEPTED, elapsedMs });
      expect(nextMs).toBeGreaterThanOrEqual(elapsedMs + 1000);
    }
  });
});

describe("what was observed", () => {
  it("makes the looks fewer and the delay shorter than a fixed interval does", () => {
    for (const spread of [0.1, 0.3, 0.5]) {
      const planner = plannerAfter(runsAround(90_000, spread, 50));
      const next = runsAround(90_000, spread, 500, 2);
      const looks = next.map((endMs) => looksUntil(planner, endMs));
      const delay = looks.reduce((sum, at, index) => sum + (at.at(-1) ?? 0) - (next[index] ?? 0), 0);
      const fixed = next.map((endMs) => Math.ceil(endMs / INTERVAL_MS));
      const fixedDelay = next.reduce(
        (sum, endMs, index) => sum + (fixed[index] ?? 0) * INTERVAL_MS - endMs,
        0,
      );
      expect(looks.flat().length).toBeLessThan(fixed.reduce((sum, count) => sum + count, 0));
      expect(delay).toBeLessThan(0.8 * fixedDelay);
    }
  });

  it("is believed again when the vendor changes its pace", () => {
    const planner = plannerAfter([...runsAround(80_000, 0.1, 100), ...runsAround(140_000, 0.1, 12, 2)]);
    const looks = looksUntil(planner, 140_000);
    expect(looks.filter((atMs) => atMs < 100_000).length).toBeLessThanOrEqual(1);
  });

  it("of another connection changes nothing here", () => {
    const elsewhere = plannerAfter(runsAround(5_000, 0.1, 50), { ...kind, connectionId: "demo" });
    expect(looksUntil(elsewhere, 300_000)).toEqual(looksUntil(plannerAfter([]), 300_000));
  });

  it("of a neighbour stands in for a kind that has not run yet, scaled by its length", () => {
    const planner = plannerAfter(runsAround(300_000, 0.1, 30), { ...kind, durationSeconds: 10 });
    const before = looksUntil(planner, 120_000).length;
    expect(before).toBeLessThan(looksUntil(plannerAfter([]), 120_000).length);
  });

  it("changes the next look at once, however often the kind was looked at before", () => {
    const planner = plannerAfter([]);
    for (const ms of runsAround(90_000, 0.1, 50)) {
      looksUntil(planner, ms);
      planner.record(kind, exact(ms));
    }
    expect(looksUntil(planner, 300_000)).toEqual(
      looksUntil(plannerAfter(runsAround(90_000, 0.1, 50)), 300_000),
    );
  });

  it("is taken for no more than is known, where only the looks around an end are", () => {
    const blurred = createLookPlanner(INTERVAL_MS);
    for (const ms of runsAround(90_000, 0.02, 50))
      blurred.record(kind, { earliestMs: ms - 20_000, latestMs: ms + 20_000, queueMs: null });
    const sharp = plannerAfter(runsAround(90_000, 0.02, 50));
    const near = (planner: LookPlanner) =>
      looksUntil(planner, 200_000).filter((atMs) => atMs > 84_000 && atMs < 96_000).length;
    expect(near(blurred)).toBeLessThan(near(sharp) - 1);
  });
});

describe("what the vendor tells of its own queue", () => {
  const planner = createLookPlanner(INTERVAL_MS);
  for (const ms of runsAround(90_000, 0.05, 50)) planner.record(kind, exact(ms + 30_000, 30_000));

  it("moves the looks to where the task itself will be", () => {
    const waited = (queueMs: number) =>
      planner.nextLookMs(kind, { elapsedMs: queueMs + 1000, queueMs, isQueued: false }) - queueMs;
    expect(waited(200_000)).toBeCloseTo(waited(5_000), 0);
    expect(waited(5_000)).toBeGreaterThan(60_000);
  });

  it("never asks after a task that has not begun more often than the fixed interval does", () => {
    const nextMs = createLookPlanner(INTERVAL_MS).nextLookMs(kind, {
      elapsedMs: 400_000,
      queueMs: null,
      isQueued: true,
    });
    expect(nextMs).toBeGreaterThanOrEqual(400_000 + INTERVAL_MS);
  });

  it("lets a task that has not begun rest for as long as no run can be over", () => {
    const nextMs = planner.nextLookMs(kind, { elapsedMs: 400_000, queueMs: null, isQueued: true });
    expect(nextMs - 400_000).toBeGreaterThan(60_000);
    expect(nextMs - 400_000).toBeLessThan(95_000);
  });
});
