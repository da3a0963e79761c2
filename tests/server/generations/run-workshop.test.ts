import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LEASE_MS } from "@/lib/server/generations/lease-keeper";
import { runWorkshop } from "@/lib/server/generations/run-workshop";
import type { Workshop } from "@/lib/server/generations/workshop";
import { newGate } from "@/tests/support/gate";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { openWorkshop } from "@/tests/support/test-workshop";

const CREATE = "/api/v1/services/aigc/video-generation/video-synthesis";
const TASKS = "/api/v1/tasks/";

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

const leaseUntil = async () =>
  (await studio.db.selectFrom("generations").select("lease_until").executeTakeFirstOrThrow()).lease_until;

/** A process that works; `turns` is how often it has looked for more. */
function start(workshop: Workshop) {
  let turns = 0;
  function onTurn(): void {
    turns += 1;
  }
  const running = runWorkshop({
    workshop,
    bus: studio.bus,
    isDatabaseLost: () => false,
    holder: "wrk_a",
    pulse: { onTurn, stop: async () => {} },
  });
  return { running, turns: () => turns };
}

it("a row whose lease ran out under work that goes on, as after a sleep, is not taken a second time", async () => {
  const answer = newGate();
  const vendor = createScriptedVendor({
    [`POST ${CREATE}`]: [json(200, { output: { task_id: "task-1", task_status: "PENDING" } })],
    [`GET ${TASKS}`]: [
      async () => {
        await answer.opened;
        return json(200, { output: { task_id: "task-1", task_status: "RUNNING" } });
      },
    ],
  });
  const shop = openWorkshop(studio, vendor.fetch);
  const id = await shop.createOne();
  await shop.advanceDue();
  studio.clock.advance(15_000);

  const { running, turns } = start(shop.workshop);
  try {
    await vi.waitFor(() => expect(vendor.sentTo(TASKS)).toHaveLength(1));
    studio.clock.advance(LEASE_MS + 1_000);
    studio.bus.changed(await shop.read(id));
    // It was due, and the lease on it could be taken again.
    await vi.waitFor(async () => expect(await leaseUntil()).toBe(studio.clock.now() + LEASE_MS));
    const turnsBefore = turns();
    studio.bus.changed(await shop.read(id));
    await vi.waitFor(() => expect(turns()).toBeGreaterThan(turnsBefore));
    expect(vendor.sentTo(TASKS)).toHaveLength(1);
  } finally {
    answer.open();
    await running.stop();
  }
  expect(vendor.sentTo(TASKS)).toHaveLength(1);
  expect((await shop.read(id)).state).toBe("running");
});

it("a queue in which nothing can go is not looked along for every look that ends, and an order is not forgotten", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const vendor = createScriptedVendor({
    [`POST ${CREATE}`]: [json(200, { output: { task_id: "task-1", task_status: "PENDING" } })],
  });
  const shop = openWorkshop(studio, vendor.fetch);
  const { startQueue } = shop.workshop;
  let looks = 0;
  const { running, turns } = start({
    ...shop.workshop,
    startQueue: {
      ...startQueue,
      leaseNext(lease) {
        looks += 1;
        return startQueue.leaseNext(lease);
      },
    },
  });
  try {
    await vi.waitFor(() => expect(turns()).toBe(1));
    const id = await shop.createOne();
    await vi.waitFor(() => expect(turns()).toBeGreaterThan(1));
    expect([looks, vendor.sent.length]).toEqual([1, 0]);
    vi.advanceTimersByTime(200);
    await vi.waitFor(async () => expect((await shop.read(id)).state).toBe("running"));
  } finally {
    vi.useRealTimers();
    await running.stop();
  }
});
