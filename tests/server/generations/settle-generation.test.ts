import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { closeUnconfirmed } from "@/lib/server/generations/end-generation";
import { takeOverTask } from "@/lib/server/generations/take-over-task";
import { connectionError, createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop } from "@/tests/support/test-workshop";

const CREATE = "/api/v1/services/aigc/video-generation/video-synthesis";
const PROMPT = "The boat leaves the pier";
const cut = connectionError("ECONNRESET");

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

type Row = { task_id: string; gmt_create: number; model_name?: string };

function listOf(...rows: Row[]) {
  return json(200, {
    total: rows.length,
    total_page: 1,
    page_no: 1,
    page_size: 100,
    data: rows.map((row) => ({ status: "RUNNING", model_name: "wan2.7-i2v", request_id: "q", ...row })),
  });
}

function taskOf(id: string, prompt: string | null) {
  const output = {
    task_id: id,
    task_status: prompt === null ? "RUNNING" : "SUCCEEDED",
    ...(prompt !== null && { video_url: "https://results.example.com/a.mp4", orig_prompt: prompt }),
  };
  return json(200, { request_id: "q", output });
}

/** It ended, and tells no prompt. */
const FAILED = json(200, {
  request_id: "q",
  output: { task_id: "t", task_status: "FAILED", code: "InternalError", message: "x" },
});

/** A vendor whose starts end in a cut connection, and whose list and tasks are what the test sets. */
function cutVendor() {
  const state = {
    rows: [] as Row[],
    tasks: {} as Record<string, string | null>,
    failed: new Set<string>(),
    list: null as Response | null,
  };
  const vendor = createScriptedVendor({
    [`POST ${CREATE}`]: [cut],
    "GET /api/v1/tasks/": [
      ({ url }) => {
        const id = new URL(url).pathname.slice("/api/v1/tasks/".length);
        if (id === "") return state.list ?? listOf(...state.rows);
        if (state.failed.has(id)) return FAILED;
        return taskOf(id, state.tasks[id] ?? null);
      },
    ],
  });
  return { ...vendor, state };
}

const starts = (vendor: ReturnType<typeof cutVendor>) => vendor.sentTo(CREATE).length;

describe("a start whose answer never came", () => {
  it("is found again in the vendor's list once its prompt is told, and was sent once", async () => {
    const vendor = cutVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    vendor.state.rows = [{ task_id: "task-9", gmt_create: studio.clock.now() + 40 }];
    vendor.state.tasks["task-9"] = null;
    await shop.advanceDue();
    const waiting = await shop.read(id);
    expect(waiting.state).toBe("unconfirmed");
    expect(waiting.failure?.explanation).toContain("has a task that may be this one");

    vendor.state.tasks["task-9"] = PROMPT;
    studio.clock.advance(3_000);
    const leased = await shop.lease();
    expect(leased?.id).toBe(id);
    await shop.step(leased);
    expect(await shop.read(id)).toMatchObject({ state: "running", remoteTask: { taskId: "task-9" } });
    expect(starts(vendor)).toBe(1);
  });

  it("is never taken for a task of another prompt", async () => {
    const vendor = cutVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    vendor.state.rows = [{ task_id: "task-9", gmt_create: studio.clock.now() }];
    vendor.state.tasks["task-9"] = "Somebody else's film";
    for (let look = 0; look < 10; look += 1) {
      await shop.advanceDue();
      studio.clock.advance(600_000);
    }
    expect(await shop.read(id)).toMatchObject({ state: "unconfirmed", remoteTask: null });
    expect(starts(vendor)).toBe(1);
  });

  it("is never taken for a task that another row of ours has", async () => {
    const vendor = cutVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    const first = await shop.createOne();
    vendor.state.rows = [{ task_id: "task-9", gmt_create: studio.clock.now() }];
    vendor.state.tasks["task-9"] = PROMPT;
    const lease = await shop.lease();
    await shop.step(lease);
    const second = await shop.lease();
    await shop.step(second);
    expect(await shop.read(first)).toMatchObject({ remoteTask: { taskId: "task-9" } });

    studio.clock.advance(1_000);
    const next = await shop.createOne();
    await shop.advanceDue(40).catch(() => undefined);
    expect(await shop.read(next)).toMatchObject({ state: "unconfirmed", remoteTask: null });
  });

  it("is left to the person where two starts and one task cannot be told apart, even after one was closed", async () => {
    const vendor = cutVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    const first = await shop.createOne();
    const second = await shop.createOne();
    vendor.state.rows = [{ task_id: "task-9", gmt_create: studio.clock.now() }];
    vendor.state.tasks["task-9"] = PROMPT;
    // Both are sent before either is looked for.
    const held = [await shop.lease(), await shop.lease()];
    for (const generation of held) {
      await shop.step(generation);
      studio.clock.advance(1_000);
    }
    await shop.advanceDue();
    for (const id of [first, second]) {
      const { state, failure } = await shop.read(id);
      expect(state).toBe("unconfirmed");
      expect(failure?.explanation).toContain("cannot be told apart");
    }
    expect((await shop.read(first)).failure?.candidates).toEqual([
      { taskId: "task-9", createdAt: expect.any(Number) },
    ]);
    studio.clock.advance(5 * 60_000);
    await closeUnconfirmed(shop.workshop, OWNER, first);
    studio.clock.advance(60_000);
    await shop.advanceDue();
    expect(await shop.read(second)).toMatchObject({ state: "unconfirmed", remoteTask: null });
  });

  it("waits while the list cannot be asked, and is found afterwards", async () => {
    const vendor = cutVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    vendor.state.rows = [{ task_id: "task-9", gmt_create: studio.clock.now() }];
    vendor.state.tasks["task-9"] = PROMPT;
    vendor.state.list = json(500, { code: "InternalError", message: "x", request_id: "q" });
    await shop.advanceDue();
    expect((await shop.read(id)).failure?.explanation).toContain("could not be asked yet");
    vendor.state.list = null;
    studio.clock.advance(60_000);
    await shop.step(await shop.lease());
    expect((await shop.read(id)).state).toBe("running");
  });

  it("is looked for a whole day, then left to the person", async () => {
    const vendor = cutVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    await shop.advanceDue();
    studio.clock.advance(24 * 3_600_000 - 300_000);
    await shop.advanceDue();
    expect((await shop.read(id)).dueAt).not.toBeNull();
    studio.clock.advance(600_000);
    await shop.advanceDue();
    const last = await shop.read(id);
    expect(last).toMatchObject({ state: "unconfirmed", dueAt: null });
    expect(last.failure?.explanation).toContain("can no longer tell");
    expect(starts(vendor)).toBe(1);
  });

  it("is asked for again after a minute where the list is put off for a day, which no task outlives", async () => {
    const vendor = cutVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    vendor.state.rows = [{ task_id: "task-9", gmt_create: studio.clock.now() }];
    vendor.state.tasks["task-9"] = PROMPT;
    vendor.state.list = json(
      429,
      { code: "Throttling", message: "x", request_id: "q" },
      { "retry-after": "86400" },
    );
    await shop.advanceDue();
    vendor.state.list = null;
    studio.clock.advance(60_000);
    await shop.advanceDue();
    expect((await shop.read(id)).remoteTask).toEqual({ taskId: "task-9" });
  });

  it("tells an open page what was found only when that changes", async () => {
    const vendor = cutVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    await shop.createOne();
    await shop.advanceDue();
    const before = await studio.generations.lastEventId(OWNER);
    studio.clock.advance(3_000);
    await shop.advanceDue();
    expect(await studio.generations.lastEventId(OWNER)).toBe(before);
    studio.clock.advance(600_000);
    await shop.advanceDue();
    expect(await studio.generations.lastEventId(OWNER)).toBeGreaterThan(before);
  });

  it("is looked for again once the connection that it went by is put back", async () => {
    const vendor = cutVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    await shop.step(await shop.lease());
    vendor.state.rows = [{ task_id: "task-9", gmt_create: studio.clock.now() }];
    vendor.state.tasks["task-9"] = PROMPT;
    const find = shop.workshop.connections.find;
    shop.workshop.connections.find = () => null;
    await shop.advanceDue();
    expect((await shop.read(id)).failure?.explanation).toContain("is not set up any more");
    shop.workshop.connections.find = find;
    studio.clock.advance(600_000);
    await shop.step(await shop.lease());
    expect(await shop.read(id)).toMatchObject({ state: "running", remoteTask: { taskId: "task-9" } });
  });

  it("is never another's task that is left in the list when its own has gone from it", async () => {
    const vendor = cutVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    const sentAt = studio.clock.now();
    const mine = { task_id: "task-mine", gmt_create: sentAt };
    const anothers = { task_id: "task-anothers", gmt_create: sentAt + 200_000 };
    vendor.state.rows = [mine, anothers];
    vendor.state.tasks["task-mine"] = PROMPT;
    vendor.state.failed.add("task-anothers");
    await shop.step(await shop.lease());
    for (let ageMs = 0; ageMs < 25 * 3_600_000; ageMs += 60_000) {
      vendor.state.rows = [mine, anothers].filter(
        ({ gmt_create }) => studio.clock.now() < gmt_create + 24 * 3_600_000,
      );
      studio.clock.advance(60_000);
      await shop.advanceDue();
    }
    expect(await shop.read(id)).toMatchObject({ state: "unconfirmed", remoteTask: null });
  });

  it("is not closed while its answer may still come or its task be made", async () => {
    const vendor = cutVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    await shop.step(await shop.lease());
    studio.clock.advance(4 * 60_000);
    await expect(closeUnconfirmed(shop.workshop, OWNER, id)).rejects.toMatchObject({
      code: "state-changed",
      message: expect.stringContaining("may still answer"),
    });
    studio.clock.advance(1);
    expect((await closeUnconfirmed(shop.workshop, OWNER, id)).state).toBe("failed");
  });

  it("whose film twins in words is chosen by its person, once, and the other twin is then found by itself", async () => {
    const vendor = cutVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    const twins = [await shop.createOne(), await shop.createOne()] as const;
    const sentAt = studio.clock.now();
    vendor.state.rows = ["task-1", "task-2"].map((task_id) => ({ task_id, gmt_create: sentAt }));
    vendor.state.tasks = { "task-1": PROMPT, "task-2": PROMPT };
    await shop.advanceDue();
    studio.clock.advance(60_000);
    await shop.advanceDue();
    for (const id of twins) {
      const { state, failure } = await shop.read(id);
      expect(state).toBe("unconfirmed");
      expect(failure?.candidates?.map(({ taskId }) => taskId)).toEqual(["task-1", "task-2"]);
    }
    const take = (id: string, taskId: string, ownerId = OWNER) =>
      takeOverTask(shop.workshop, ownerId, { id, taskId });
    await expect(take(twins[0], "task-of-somebody")).rejects.toMatchObject({ code: "state-changed" });
    await expect(take(twins[0], "task-2", "usr_b")).rejects.toMatchObject({ code: "not-found" });

    studio.clock.advance(24 * 3_600_000);
    await expect(take(twins[0], "task-2")).rejects.toThrow("no longer has that task");
    studio.clock.advance(-24 * 3_600_000);

    const answers = await Promise.allSettled(twins.map((id) => take(id, "task-2")));
    expect(answers.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    studio.clock.advance(60_000);
    await shop.advanceDue();
    const tasks = await Promise.all(twins.map(async (id) => (await shop.read(id)).remoteTask));
    expect(tasks).toContainEqual({ taskId: "task-1" });
    expect(tasks).toContainEqual({ taskId: "task-2" });
    expect(starts(vendor)).toBe(2);
  });
});
