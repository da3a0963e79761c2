import { describe, expect, it } from "vitest";
import { runSchedule } from "./schedule";

const SCHEDULES = 150;

describe("whatever the vendor does, wherever a process dies, and when database or storage fail", () => {
  it(`keeps every promise over ${SCHEDULES} schedules`, async () => {
    const states = new Set<string>();
    let crashes = 0;
    let troubles = 0;
    for (let seed = 1; seed <= SCHEDULES; seed += 1) {
      const outcome = await runSchedule(seed);
      crashes += outcome.crashes;
      troubles += outcome.troubles;
      for (const state of outcome.states) states.add(state);
    }
    // A simulation in which nothing happens proves nothing.
    expect([...states].toSorted()).toEqual(["cancelled", "failed", "succeeded", "unconfirmed"]);
    expect(crashes).toBeGreaterThan(SCHEDULES);
    expect(troubles).toBeGreaterThan(SCHEDULES);
  }, 600_000);

  it("plays a seed the same each time", async () => {
    for (const seed of [3, 7, 11, 16]) expect(await runSchedule(seed)).toEqual(await runSchedule(seed));
  });
});
