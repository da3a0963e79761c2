import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectionError, createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { openWorkshop, TEST_KEY } from "@/tests/support/test-workshop";

const CREATE = "POST /api/v1/services/aigc/video-generation/video-synthesis";
const HOUR_MS = 3_600_000;
const accepted = json(200, { request_id: "r1", output: { task_id: "task/1", task_status: "PENDING" } });

function task(output: Record<string, unknown>): Response {
  return json(200, { request_id: "r2", output: { task_id: "task/1", ...output } });
}

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

async function startedWith(...looks: Parameters<typeof createScriptedVendor>[0][string]) {
  const vendor = createScriptedVendor({ [CREATE]: [accepted], "GET /api/v1/tasks/": looks });
  const shop = openWorkshop(studio, vendor.fetch);
  const id = await shop.createOne();
  await shop.advanceDue();
  return {
    vendor,
    shop,
    id,
    async look() {
      const { dueAt } = await shop.read(id);
      studio.clock.advance(Math.max(0, (dueAt ?? 0) - studio.clock.now()));
      await shop.advanceDue();
      return shop.read(id);
    },
  };
}

describe("a look at a running task", () => {
  it("asks with the key and nothing else, when it is due, and notes when and what it heard", async () => {
    const { vendor, look } = await startedWith(
      task({ task_status: "PENDING" }),
      task({ task_status: "RUNNING" }),
    );
    expect(await look()).toMatchObject({ remoteWord: "PENDING", lastCheckedAt: studio.clock.now() });
    expect(await look()).toMatchObject({ remoteWord: "RUNNING", lastCheckedAt: studio.clock.now() });
    const looks = vendor.sentTo("/api/v1/tasks/");
    expect(looks.map(({ url }) => url)).toEqual(
      Array(2).fill("https://dashscope-intl.aliyuncs.com/api/v1/tasks/task%2F1"),
    );
    expect(looks[0]?.headers).toEqual({ authorization: `Bearer ${TEST_KEY}` });
  });

  it.each([
    ["a cut connection", connectionError("ECONNRESET")],
    ["a 500", json(500, { code: "InternalError", message: "x", request_id: "q" })],
    ["HTML", new Response("<html>", { status: 200 })],
    ["a success without its file", task({ task_status: "SUCCEEDED" })],
    ["a refused key", json(401, { code: "InvalidApiKey", message: "x", request_id: "q" })],
  ])("that fails with %s ends nothing", async (_name, answer) => {
    const { look } = await startedWith(answer, task({ task_status: "RUNNING" }));
    expect((await look()).state).toBe("running");
    await look();
    expect(await look()).toMatchObject({ state: "running", remoteWord: "RUNNING" });
  });

  it("shows a word outside the documented list as it is, and goes on asking", async () => {
    const { look } = await startedWith(task({ task_status: "SUSPENDED" }), task({ task_status: "RUNNING" }));
    expect(await look()).toMatchObject({ state: "running", remoteWord: "SUSPENDED" });
    expect(await look()).toMatchObject({ state: "running", remoteWord: "RUNNING" });
  });

  it("that finds the task unknown ends it only when the vendor could no longer have it", async () => {
    const { look } = await startedWith(task({ task_status: "UNKNOWN" }));
    expect(await look()).toMatchObject({ state: "running", remoteWord: "UNKNOWN" });
    studio.clock.advance(23 * HOUR_MS);
    expect(await look()).toMatchObject({ state: "running", remoteWord: "UNKNOWN" });
    studio.clock.advance(HOUR_MS);
    expect(await look()).toMatchObject({
      state: "failed",
      failure: { kind: "task-expired", charged: "unknown" },
    });
  });

  it("that a vendor puts off for a day is taken again within a minute", async () => {
    const busy = json(429, { code: "Throttling", message: "x", request_id: "q" }, { "retry-after": "86400" });
    const { look, shop, id } = await startedWith(busy, task({ task_status: "RUNNING" }));
    await look();
    expect(((await shop.read(id)).dueAt ?? 0) - studio.clock.now()).toBeLessThanOrEqual(60_000);
  });

  it("gives up only when the vendor's 24 hours are over", async () => {
    const { look } = await startedWith(task({ task_status: "UNKNOWN" }));
    studio.clock.advance(24 * HOUR_MS - 60_000);
    expect((await look()).state).toBe("running");
    studio.clock.advance(60_000);
    expect(await look()).toMatchObject({ state: "failed", failure: { kind: "task-expired" } });
  });

  it("does not end by its own clock, which may have jumped a day, what the vendor still calls running", async () => {
    const { look } = await startedWith(task({ task_status: "RUNNING" }));
    studio.clock.advance(48 * HOUR_MS - 60_000);
    expect((await look()).state).toBe("running");
    studio.clock.advance(60_000);
    expect(await look()).toMatchObject({ state: "failed", failure: { kind: "task-expired" } });
  });

  it("explains a failed task by its code, the same as at create", async () => {
    const { look } = await startedWith(
      task({
        task_status: "FAILED",
        code: "DataInspectionFailed",
        message: "Output data may contain inappropriate content.",
      }),
    );
    const failed = await look();
    expect(failed).toMatchObject({
      state: "failed",
      failure: { kind: "moderation-output", input: "output", charged: "no", raw: { requestId: "r2" } },
    });
  });

  it("ends a task that was cancelled at the vendor", async () => {
    const { look } = await startedWith(task({ task_status: "CANCELED" }));
    expect((await look()).state).toBe("cancelled");
  });
});
