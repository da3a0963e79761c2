import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { openWorkshop, type TestWorkshop } from "@/tests/support/test-workshop";

const CREATE = "POST /api/v1/services/aigc/video-generation/video-synthesis";
const TASKS = "/api/v1/tasks/";
const SECOND_MS = 1_000;
const DAY_MS = 24 * 3_600_000;

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

const throttled = (seconds: number) =>
  json(429, { code: "Throttling.RateQuota", message: "slow" }, { "retry-after": String(seconds) });
const gatewayBusy = (seconds: number) =>
  new Response("<html>", { status: 429, headers: { "retry-after": String(seconds) } });

/** So many tasks at a vendor that throttles each query for that many seconds while the test says so. */
async function started(count: number, seconds: number, answer = throttled) {
  let starts = 0;
  const state = { isThrottling: true };
  const vendor = createScriptedVendor({
    [CREATE]: [
      () => {
        starts += 1;
        return json(200, { request_id: "r", output: { task_id: `task-${starts}`, task_status: "PENDING" } });
      },
    ],
    [`GET ${TASKS}`]: [
      () => (state.isThrottling ? answer(seconds) : json(200, { output: { task_status: "RUNNING" } })),
    ],
  });
  const shop = openWorkshop(studio, vendor.fetch);
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await shop.createOne());
  while (starts < count) {
    await shop.advanceDue();
    studio.clock.advance(200);
  }
  return { shop, ids, state, vendor, queries: () => vendor.sentTo(TASKS).length };
}

/** A second at a time, by several processes. */
async function goOn(shops: TestWorkshop[], seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 1) {
    studio.clock.advance(SECOND_MS);
    for (const shop of shops) await shop.advanceDue(50);
  }
}

async function untilAsked(shop: TestWorkshop, queries: () => number): Promise<void> {
  while (queries() === 0) await goOn([shop], 1);
}

describe("a look that the vendor throttles", () => {
  it.each([
    ["in its own words", throttled],
    ["by a gateway's page", gatewayBusy],
  ])("%s holds back all of the account, in every process, as long as it asks", async (_name, answer) => {
    const { shop, vendor, queries, state } = await started(5, 300, answer);
    await untilAsked(shop, queries);
    const other = openWorkshop(studio, vendor.fetch);
    await goOn([shop, other], 298);
    expect(queries()).toBe(1);
    state.isThrottling = false;
    await goOn([shop, other], 4);
    expect(queries()).toBeGreaterThanOrEqual(6);
  });

  it("keeps no step waiting: the others are put off, and nobody is said to have looked", async () => {
    const { shop, ids, queries } = await started(3, 300);
    await untilAsked(shop, queries);
    const askedAt = studio.clock.now();
    await goOn([shop], 60);
    // A step that slept would have moved the clock.
    expect(studio.clock.now()).toBe(askedAt + 60 * SECOND_MS);
    const rows = await Promise.all(ids.map((id) => shop.read(id)));
    expect(rows.filter(({ lastCheckedAt }) => lastCheckedAt === null)).toHaveLength(2);
    for (const { state, dueAt } of rows) {
      expect(state).toBe("running");
      expect(Math.abs((dueAt ?? 0) - askedAt - 300 * SECOND_MS)).toBeLessThanOrEqual(SECOND_MS);
    }
  });

  it("for longer than fifteen minutes is not believed: the account is asked again after a minute", async () => {
    const { shop, queries } = await started(3, 86_400);
    await untilAsked(shop, queries);
    await goOn([shop], 58);
    expect(queries()).toBe(1);
    await goOn([shop], 3);
    expect(queries()).toBe(2);
  });

  it("does not keep a task from its last look, shortly before the vendor forgets it", async () => {
    const { shop, ids, queries, state } = await started(2, 600);
    const [first, last] = ids as [string, string];
    const { deadlineAt } = await shop.read(last);
    await studio.db
      .updateTable("generations")
      .set({ deadline_at: (deadlineAt ?? 0) + DAY_MS })
      .where("id", "=", first)
      .execute();
    studio.clock.set((deadlineAt ?? 0) - 100 * SECOND_MS);
    await shop.advanceDue();
    expect(queries()).toBe(1);
    state.isThrottling = false;
    await goOn([shop], 79);
    expect(queries()).toBe(1);
    await goOn([shop], 2);
    expect(await shop.read(last)).toMatchObject({ remoteWord: "RUNNING" });
    // Who has a day left waits on.
    expect(await shop.read(first)).toMatchObject({ remoteWord: null });
  });
});
