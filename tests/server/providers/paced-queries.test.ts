import { afterEach, beforeEach, expect, it } from "vitest";
import type { Fetch } from "@/lib/server/providers/http";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { openWorkshop } from "@/tests/support/test-workshop";

/** What the vendor publishes for queries, cancels and lists together. */
const A_SECOND_MAX = 20;
const TASK = { taskId: "task-1" };

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

it("looks, cancels and lists of two processes together keep below what the vendor publishes", async () => {
  const vendor = createScriptedVendor({
    "GET /api/v1/tasks/task-1": [json(200, { output: { task_id: "task-1", task_status: "RUNNING" } })],
    "POST /api/v1/tasks/task-1/cancel": [json(200, { request_id: "q" })],
    "GET /api/v1/tasks/": [json(200, { total: 0, total_page: 1, page_no: 1, page_size: 100, data: [] })],
  });
  const sentAt: number[] = [];
  const timed: Fetch = (...request) => {
    sentAt.push(studio.clock.now());
    return vendor.fetch(...request);
  };
  const processes = [openWorkshop(studio, timed), openWorkshop(studio, timed)];
  const { signal } = new AbortController();
  const begunAt = studio.clock.now();
  for (let round = 0; round < 20; round += 1) {
    for (const { workshop } of processes) {
      const { provider } = workshop.connections.offered[0] ?? expect.fail("there is no connection");
      await provider.check(TASK, signal);
      await provider.cancel?.(TASK, signal);
      await provider.list?.({ modelName: "wan2.7-i2v", page: 1 }, signal);
    }
  }

  expect(sentAt).toHaveLength(120);
  const mostASecond = Math.max(
    ...sentAt.map((from) => sentAt.filter((at) => at >= from && at < from + 1000).length),
  );
  expect(mostASecond).toBeLessThan(A_SECOND_MAX);
  // And no slower than that takes: the clock moves only while somebody waits.
  expect(studio.clock.now() - begunAt).toBeLessThan((120 / (A_SECOND_MAX - 4)) * 1000);
});
