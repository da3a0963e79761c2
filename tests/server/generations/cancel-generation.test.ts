import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cancelGeneration } from "@/lib/server/generations/cancel-generation";
import type { Generation } from "@/lib/server/generations/generation";
import type { Fetch } from "@/lib/server/providers/http";
import { connectionError, createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop, TEST_KEY } from "@/tests/support/test-workshop";

const CREATE = "POST /api/v1/services/aigc/video-generation/video-synthesis";
const LOOK = "GET /api/v1/tasks/";
const CANCEL = "POST /api/v1/tasks/";
const HOUR_MS = 3_600_000;

type Answers = Parameters<typeof createScriptedVendor>[0][string];
const accepted = json(200, { request_id: "r1", output: { task_id: "task/1", task_status: "PENDING" } });
const canceled = json(200, { request_id: "r3" });
const tooLate = json(400, {
  code: "UnsupportedOperation",
  message: "Failed to cancel the task, please confirm if the task is in PENDING status.",
  request_id: "r4",
});

function task(task_status: string, more: object = {}): Response {
  return json(200, { request_id: "r2", output: { task_id: "task/1", task_status, ...more } });
}

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

/** A task that the vendor has, with what it answers to looks and to cancels. */
async function startedWith({ looks, cancels }: { looks: Answers; cancels: Answers }) {
  const vendor = createScriptedVendor({ [CREATE]: [accepted], [LOOK]: looks, [CANCEL]: cancels });
  const shop = openWorkshop(studio, vendor.fetch);
  const id = await shop.createOne();
  await shop.advanceDue();
  return {
    vendor,
    shop,
    id,
    read: (): Promise<Generation> => shop.read(id),
    cancel: () => cancelGeneration(shop.workshop, OWNER, id),
    cancelsSent: () => vendor.sent.filter(({ method, url }) => method === "POST" && url.endsWith("/cancel")),
    async after(ms: number): Promise<Generation> {
      studio.clock.advance(ms);
      await shop.advanceDue();
      return shop.read(id);
    },
  };
}

describe("a cancel of a task that still waits at the vendor", () => {
  it("is asked for at once, for the row's own task, and ends the row when the vendor shows it canceled", async () => {
    const run = await startedWith({ looks: [task("CANCELED")], cancels: [canceled] });
    const view = await run.cancel();
    expect(view).toMatchObject({ state: "running", cancel: "asked" });
    // Not a moment later: the vendor's queue may be short.
    expect(await run.after(0)).toMatchObject({ state: "cancelled", videoAssetId: null, failure: null });
    expect(run.cancelsSent()).toMatchObject([
      {
        url: "https://dashscope-intl.aliyuncs.com/api/v1/tasks/task%2F1/cancel",
        headers: { authorization: `Bearer ${TEST_KEY}` },
        body: "",
      },
    ]);
  });

  it("is never ended by the vendor's yes alone: the task's own state has the last word", async () => {
    const run = await startedWith({
      looks: [task("PENDING"), task("CANCELED")],
      cancels: [canceled, tooLate],
    });
    await run.cancel();
    expect(await run.after(0)).toMatchObject({ state: "running", cancelRefusal: null });
    expect(await run.after(5_000)).toMatchObject({ state: "cancelled" });
  });

  it("is pressed twice and asked once", async () => {
    const run = await startedWith({ looks: [task("CANCELED")], cancels: [canceled] });
    const [first, second] = await Promise.all([run.cancel(), run.cancel()]);
    expect(second.version).toBe(first.version);
    await run.after(0);
    expect((await run.cancel()).state).toBe("cancelled");
    await run.after(60_000);
    expect(run.cancelsSent()).toHaveLength(1);
  });

  it("survives a look that was under way and written just before", async () => {
    const run = await startedWith({ looks: [task("PENDING"), task("CANCELED")], cancels: [canceled] });
    studio.clock.advance(15_000);
    const leased = (await run.shop.lease()) ?? expect.fail("nothing is due");
    await run.cancel();
    // The look's own write comes too late and changes nothing.
    await run.shop.step(leased);
    expect(await run.read()).toMatchObject({ state: "running", remoteWord: null });
    expect(await run.after(0)).toMatchObject({ state: "cancelled" });
  });

  it.each<[string, Answers[number]]>([
    ["a 500", json(500, { code: "InternalError", message: "x", request_id: "q" })],
    ["a web page", new Response("<html>", { status: 502 })],
    ["a cut connection", connectionError("ECONNRESET")],
    ["a refused key", json(401, { code: "InvalidApiKey", message: "x", request_id: "q" })],
  ])("is asked for again after %s, and says nothing false meanwhile", async (_name, trouble) => {
    const run = await startedWith({
      looks: [task("PENDING"), task("CANCELED")],
      cancels: [trouble, canceled],
    });
    await run.cancel();
    expect(await run.after(0)).toMatchObject({
      state: "running",
      cancelRefusal: null,
      remoteWord: "PENDING",
    });
    expect(await run.after(5_000)).toMatchObject({ state: "cancelled" });
    expect(run.cancelsSent()).toHaveLength(2);
  });

  it("waits as long as the vendor asks before it is asked for again", async () => {
    const busy = json(429, { code: "Throttling", message: "x", request_id: "q" }, { "retry-after": "20" });
    const run = await startedWith({ looks: [task("CANCELED")], cancels: [busy, canceled] });
    await run.cancel();
    expect(await run.after(0)).toMatchObject({ state: "running", lastCheckedAt: null });
    await run.after(19_000);
    expect(run.cancelsSent()).toHaveLength(1);
    expect(await run.after(1_000)).toMatchObject({ state: "cancelled" });
  });

  it("is asked for again when the look after it failed", async () => {
    const broken = json(500, { code: "InternalError", message: "x", request_id: "q" });
    const run = await startedWith({ looks: [broken, task("CANCELED")], cancels: [canceled, tooLate] });
    await run.cancel();
    expect(await run.after(0)).toMatchObject({ state: "running", cancelRefusal: null });
    expect(await run.after(10_000)).toMatchObject({ state: "cancelled", cancelRefusal: null });
  });

  it("is not lost, and not mistaken for too late, when the server dies between asking and writing", async () => {
    const run = await startedWith({ looks: [task("CANCELED")], cancels: [canceled, tooLate] });
    await run.cancel();
    const leased = (await run.shop.lease()) ?? expect.fail("nothing is due");
    // The vendor heard it; the process that asked is gone, and a new one finds the row when its lease has run out.
    const provider = run.shop.workshop.connections.find(leased.connection)?.provider;
    await provider?.cancel?.({ taskId: "task/1" }, new AbortController().signal);
    await studio.close();
    studio = await openTestStudio(studio.dataDir);
    const shop = openWorkshop(studio, run.vendor.fetch);
    expect(await shop.read(run.id)).toMatchObject({
      state: "running",
      cancelRequestedAt: expect.any(Number),
    });
    studio.clock.advance(60_000);
    await shop.advanceDue();
    expect(await shop.read(run.id)).toMatchObject({ state: "cancelled", cancelRefusal: null });
    expect(run.cancelsSent()).toHaveLength(2);
  });

  it("that hangs is let go by a server that stops, and asked for again by the next", async () => {
    const vendor = createScriptedVendor({
      [CREATE]: [accepted],
      [LOOK]: [task("CANCELED")],
      [CANCEL]: [canceled],
    });
    const silent: Fetch = async (input, init) => {
      init?.signal?.throwIfAborted();
      if (!String(input).endsWith("/cancel")) return vendor.fetch(input, init);
      return new Promise((_, reject) => {
        init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        shop.stop();
      });
    };
    const shop = openWorkshop(studio, silent);
    const id = await shop.createOne();
    await shop.advanceDue();
    await cancelGeneration(shop.workshop, OWNER, id);
    await shop.step(await shop.lease());
    const next = openWorkshop(studio, vendor.fetch);
    studio.clock.advance(60_000);
    await next.advanceDue();
    expect(await next.read(id)).toMatchObject({ state: "cancelled" });
    expect(vendor.sent.filter(({ url }) => url.endsWith("/cancel"))).toHaveLength(1);
  });
});

describe("a cancel that comes too late", () => {
  it("leaves the row running, says so once, and asks no more", async () => {
    const run = await startedWith({ looks: [task("RUNNING")], cancels: [tooLate] });
    await run.cancel();
    const refused = await run.after(0);
    expect(refused).toMatchObject({ state: "running", cancelRefusal: "too-late", remoteWord: "RUNNING" });
    expect((await run.cancel()).cancel).toBe("too-late");
    await run.after(60_000);
    await run.after(60_000);
    expect(run.cancelsSent()).toHaveLength(1);
    expect(run.vendor.sentTo("/api/v1/tasks/").filter(({ method }) => method === "GET")).toHaveLength(3);
    const events = await studio.db.selectFrom("generation_events").select("type").orderBy("id").execute();
    expect(events.map(({ type }) => type)).toEqual([
      "created",
      "claimed",
      "accepted",
      "cancel-asked",
      "cancel-refused",
    ]);
  });

  it("is seen even where the vendor never answered the cancel itself", async () => {
    const run = await startedWith({ looks: [task("RUNNING")], cancels: [connectionError("ECONNRESET")] });
    await run.cancel();
    expect(await run.after(0)).toMatchObject({ state: "running", cancelRefusal: "too-late" });
  });

  it("is not believed while the task still waits", async () => {
    const run = await startedWith({
      looks: [task("PENDING"), task("CANCELED")],
      cancels: [tooLate, canceled],
    });
    await run.cancel();
    expect(await run.after(0)).toMatchObject({ state: "running", cancelRefusal: null });
    expect(await run.after(5_000)).toMatchObject({ state: "cancelled" });
  });

  it("does not hide a failure: the row fails for the vendor's reason, at no charge", async () => {
    const run = await startedWith({
      looks: [task("FAILED", { code: "InternalError", message: "boom" })],
      cancels: [tooLate],
    });
    await run.cancel();
    expect(await run.after(0)).toMatchObject({
      state: "failed",
      failure: { kind: "vendor-error", charged: "no" },
      cancelRequestedAt: expect.any(Number),
    });
  });

  it("ends nothing while the vendor says that it does not know the task, until its day is over", async () => {
    const run = await startedWith({ looks: [task("UNKNOWN")], cancels: [tooLate] });
    await run.cancel();
    expect(await run.after(0)).toMatchObject({
      state: "running",
      cancelRefusal: null,
      remoteWord: "UNKNOWN",
    });
    expect(await run.after(24 * HOUR_MS)).toMatchObject({
      state: "failed",
      failure: { kind: "task-expired", charged: "unknown" },
    });
  });

  it("shows a word outside the documented list as it is, and goes on asking how the task is", async () => {
    const run = await startedWith({ looks: [task("SUSPENDED"), task("CANCELED")], cancels: [tooLate] });
    await run.cancel();
    expect(await run.after(0)).toMatchObject({ state: "running", cancelRefusal: "too-late" });
    expect(await run.after(15_000)).toMatchObject({ state: "cancelled" });
  });
});

describe("a cancel during the start", () => {
  it("waits for the vendor's answer, loses no task, and is asked for as soon as the task is known", async () => {
    const vendor = createScriptedVendor({
      [CREATE]: [
        async () => {
          const view = await cancelGeneration(shop.workshop, OWNER, id);
          expect(view).toMatchObject({ state: "submitting", cancel: "asked" });
          return accepted;
        },
      ],
      [LOOK]: [task("CANCELED")],
      [CANCEL]: [canceled],
    });
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    await shop.step(await shop.lease());
    expect(await shop.read(id)).toMatchObject({ state: "running", remoteTask: { taskId: "task/1" } });
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({ state: "cancelled" });
    expect(vendor.sent.map(({ method }) => method)).toEqual(["POST", "POST", "GET"]);
  });

  it("ends the row unsent where the vendor surely took nothing", async () => {
    const vendor = createScriptedVendor({
      [CREATE]: [
        async () => {
          await cancelGeneration(shop.workshop, OWNER, id);
          return json(429, { code: "Throttling", message: "x", request_id: "q" });
        },
      ],
    });
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    await shop.step(await shop.lease());
    studio.clock.advance(HOUR_MS);
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({ state: "cancelled", submittedAt: null });
    expect(vendor.sent).toHaveLength(1);
  });
});

describe("a cancel that cannot be", () => {
  it("is told from one that came too late where the vendor offers none, and nothing is sent for it", async () => {
    const generation = { id: "6_abcdefghijklmnopqrs" };
    const vendor = createScriptedVendor({
      "POST /v2/video/generations": [json(200, { ...generation, status: "queued" })],
      "GET /v2/video/generations": [json(200, { ...generation, status: "queued" })],
    });
    const shop = openWorkshop(studio, vendor.fetch, {
      vendor: "aimlapi",
      name: null,
      apiKey: TEST_KEY,
      baseUrl: "https://api.aimlapi.com",
    });
    const id = await shop.createOne({ shownPrice: null });
    await shop.advanceDue();
    await cancelGeneration(shop.workshop, OWNER, id);
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({ state: "running", cancelRefusal: "not-offered" });
    expect(vendor.sent.map(({ method }) => method)).toEqual(["POST", "GET"]);
  });

  it("is never sent for a row without a task: a start of unknown fate is closed by its person", async () => {
    const vendor = createScriptedVendor({
      [CREATE]: [connectionError("ECONNRESET")],
      [LOOK]: [json(200, { total: 0, total_page: 0, data: [] })],
    });
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    await shop.advanceDue();
    await expect(cancelGeneration(shop.workshop, OWNER, id)).rejects.toMatchObject({
      code: "state-changed",
      message: expect.stringContaining("Close it on its card"),
    });
    expect(vendor.sent.filter(({ url }) => url.endsWith("/cancel"))).toEqual([]);
  });

  it("is refused to everybody but the owner, in the words for what does not exist", async () => {
    const run = await startedWith({ looks: [task("RUNNING")], cancels: [] });
    const refused = await cancelGeneration(run.shop.workshop, "usr_b", run.id).catch((error) => error);
    const missing = await cancelGeneration(run.shop.workshop, "usr_b", "gen_none").catch((error) => error);
    expect(refused).toMatchObject({ code: "not-found", message: missing.message });
    expect(await run.read()).toMatchObject({ cancelRequestedAt: null });
  });

  it("is refused in words once the film is being saved, and the film goes its way", async () => {
    const run = await startedWith({
      looks: [task("SUCCEEDED", { video_url: "https://93.184.216.34/x.mp4" })],
      cancels: [],
    });
    studio.clock.advance(15_000);
    await run.shop.step(await run.shop.lease());
    const saving = await run.read();
    expect(saving.state).toBe("saving");
    await expect(run.cancel()).rejects.toMatchObject({ code: "state-changed" });
    expect(await run.read()).toEqual(saving);
  });
});
