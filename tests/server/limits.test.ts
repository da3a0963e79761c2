import { afterEach, beforeEach, expect, it } from "vitest";
import { createRateGates } from "@/lib/server/limits/rate-gate-repository";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

it("turns that are asked for at once lie an interval apart, for all who ask", async () => {
  const gates = [createRateGates(studio.db), createRateGates(studio.db)];
  const waits = await Promise.all(
    Array.from({ length: 40 }, (_, index) => gates[index % 2]?.reserve("query a", 1000 / 18, 10_000)),
  );
  const sorted = waits.map(Number).toSorted((left, right) => left - right);
  expect(sorted).toEqual(Array.from({ length: 40 }, (_, index) => index * 56));
  expect(sorted.filter((waitMs) => waitMs < 1000).length).toBeLessThanOrEqual(18);
});

it("a gate that was free for long gives no turns in arrears", async () => {
  const gates = createRateGates(studio.db);
  await gates.reserve("query a", 50, 1_000);
  expect(await gates.reserve("query a", 50, 900_000)).toBe(0);
  expect(await gates.reserve("query a", 50, 900_000)).toBe(50);
});

it("a gate that was held opens no earlier, whoever asks to hold it for less", async () => {
  const gates = createRateGates(studio.db);
  await gates.hold("start a", 5_000);
  await gates.hold("start a", 2_000);
  expect(await gates.waitMs("start a", 4_999)).toBe(1);
  expect(await gates.waitMs("start a", 5_000)).toBe(0);
  expect(await gates.waitMs("start b", 0)).toBe(0);
});
