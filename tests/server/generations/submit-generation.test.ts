import { writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cancelGeneration } from "@/lib/server/generations/cancel-generation";
import { closeUnconfirmed } from "@/lib/server/generations/end-generation";
import { LEASE_MS } from "@/lib/server/generations/lease-keeper";
import type { Fetch } from "@/lib/server/providers/http";
import { newGate } from "@/tests/support/gate";
import { jpegPicture } from "@/tests/support/pictures";
import { connectionError, createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop, TEST_KEY, type TestWorkshop } from "@/tests/support/test-workshop";

const CREATE = "/api/v1/services/aigc/video-generation/video-synthesis";
const accepted = json(200, { request_id: "r1", output: { task_id: "task-1", task_status: "PENDING" } });
const running = json(200, { request_id: "r2", output: { task_id: "task-1", task_status: "RUNNING" } });

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

function vendorThat(...answers: Parameters<typeof createScriptedVendor>[0][string]) {
  return createScriptedVendor({ [`POST ${CREATE}`]: answers, "GET /api/v1/tasks/": [running] });
}

describe("a start", () => {
  it("goes out once, with exactly the documented headers and body, after its intent is on disk", async () => {
    const seen: string[] = [];
    const vendor = vendorThat(async () => {
      seen.push((await shop.read(id)).state);
      return accepted;
    });
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne({
      parameters: {
        prompt: "The boat leaves the pier",
        negativePrompt: "blur",
        resolution: "1080P",
        durationSeconds: 7,
        seed: 7,
        promptExtend: false,
        watermark: true,
      },
      shownPrice: { amountMicro: 1_050_000, currency: "USD" },
    });
    await shop.advanceDue();

    expect(seen).toEqual(["submitting"]);
    expect(vendor.sent).toHaveLength(1);
    const [request] = vendor.sent;
    expect(request?.url).toBe(`https://dashscope-intl.aliyuncs.com${CREATE}`);
    expect(request?.headers).toEqual({
      authorization: `Bearer ${TEST_KEY}`,
      "content-type": "application/json",
      "x-dashscope-async": "enable",
    });
    const body = JSON.parse(request?.body ?? "");
    expect(body.input.media[0].url).toMatch(/^data:image\/jpeg;base64,[A-Za-z0-9+/]+=*$/);
    body.input.media[0].url = "(the picture)";
    expect(body).toEqual({
      model: "wan2.7-i2v",
      input: {
        prompt: "The boat leaves the pier",
        negative_prompt: "blur",
        media: [{ type: "first_frame", url: "(the picture)" }],
      },
      parameters: { resolution: "1080P", duration: 7, prompt_extend: false, watermark: true, seed: 7 },
    });
    expect(await shop.read(id)).toMatchObject({ state: "running", remoteTask: { taskId: "task-1" } });
  });

  it("that surely never left is tried again, later and later", async () => {
    const vendor = vendorThat(
      connectionError("ECONNREFUSED", "connect"),
      // A host with several addresses, none of which answers.
      new TypeError("fetch failed", {
        cause: Object.assign(
          new AggregateError([
            connectionError("ECONNREFUSED", "connect").cause,
            connectionError("EHOSTUNREACH", "connect").cause,
          ]),
          { code: "ECONNREFUSED" },
        ),
      }),
      accepted,
    );
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    await shop.advanceDue();
    const first = await shop.read(id);
    expect(first).toMatchObject({ state: "queued", failure: { kind: "no-clear-answer" } });
    const firstWaitMs = (first.dueAt ?? 0) - studio.clock.now();
    studio.clock.advance(firstWaitMs);
    await shop.advanceDue();
    const second = await shop.read(id);
    expect((second.dueAt ?? 0) - studio.clock.now()).toBeGreaterThan(firstWaitMs);
    studio.clock.advance(60_000);
    await shop.advanceDue();
    expect((await shop.read(id)).state).toBe("running");
  });

  it("that was throttled waits as long as the vendor asks", async () => {
    const throttled = json(
      429,
      {
        code: "Throttling.RateQuota",
        message: "Requests rate limit exceeded, please try again later.",
        request_id: "q",
      },
      { "retry-after": "17" },
    );
    const vendor = vendorThat(throttled, accepted);
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({
      state: "queued",
      dueAt: studio.clock.now() + 17_000,
      failure: { title: "The vendor is busy" },
    });
    studio.clock.advance(16_999);
    expect(await shop.advanceDue()).toBe(0);
    studio.clock.advance(1);
    await shop.advanceDue();
    expect((await shop.read(id)).state).toBe("running");
  });

  it.each([
    [400, "DataInspectionFailed", "Input data may contain inappropriate content.", "moderation-input"],
    [401, "InvalidApiKey", `Invalid API-key provided: ${TEST_KEY}`, "bad-key"],
    [404, "InvalidParameter", "Model not exist.", "no-such-model"],
    [400, "Arrearage", "Access denied, please make sure your account is in good standing.", "unpaid-bill"],
    [429, "CommodityNotPurchased", "Commodity has not purchased yet.", "not-activated"],
    [400, "SomethingNew", "We made this up.", "vendor-refusal"],
  ])(
    "that was refused with %i %s ends failed, in words, with nothing charged",
    async (status, code, message, kind) => {
      const shop = openWorkshop(studio, vendorThat(json(status, { code, message, request_id: "q" })).fetch);
      const id = await shop.createOne();
      await shop.advanceDue();
      const { state, failure } = await shop.read(id);
      expect(state).toBe("failed");
      expect(failure).toMatchObject({ kind, charged: "no", raw: { code, requestId: "q" } });
      expect(failure?.title).not.toContain(code);
    },
  );

  it.each([
    ["a cut connection", connectionError("ECONNRESET")],
    ["a route lost on the way", connectionError("EHOSTUNREACH", "write")],
    ["a time-out", new DOMException("The operation timed out", "TimeoutError")],
    [
      "a 500",
      json(500, { code: "InternalError", message: "An internal error has occured.", request_id: "q" }),
    ],
    ["a 502 in HTML", new Response("<html>Bad Gateway</html>", { status: 502 })],
    ["a 200 that makes no sense", json(200, { hello: "world" })],
    ["a 200 with an error inside", json(200, { code: "Oops", message: "no" })],
    ["half a reply", new Response('{"request_id":"r","output":{"task_', { status: 200 })],
  ])("that ended in %s is unconfirmed, and is never sent again by itself", async (_name, answer) => {
    const vendor = vendorThat(answer, accepted);
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({ state: "unconfirmed", failure: { charged: "unknown" } });
    studio.clock.advance(48 * 3_600_000);
    await shop.advanceDue();
    expect(vendor.sentTo(CREATE)).toHaveLength(1);

    const closed = await closeUnconfirmed(shop.workshop, OWNER, id);
    expect(closed).toMatchObject({ state: "failed", failure: { charged: "unknown" } });
  });

  it.each([
    ["accepted", accepted, "running"],
    ["refused", json(400, { code: "InvalidParameter", message: "x", request_id: "q" }), "failed"],
    ["throttled", json(429, { code: "Throttling", message: "x", request_id: "q" }), "failed"],
  ])(
    "whose answer, %s, comes after another worker gave it up is believed all the same",
    async (_name, answer, state) => {
      const vendor = createScriptedVendor({
        [`POST ${CREATE}`]: [
          async () => {
            // The lease ran out while the answer was on its way.
            studio.clock.advance(LEASE_MS + 1);
            await openWorkshop(studio, vendor.fetch).advanceDue();
            expect((await shop.read(id)).state).toBe("unconfirmed");
            return answer;
          },
        ],
        "GET /api/v1/tasks/": [json(200, { total_page: 1, data: [] })],
      });
      const shop = openWorkshop(studio, vendor.fetch);
      const id = await shop.createOne();
      await shop.step(await shop.lease());
      const after = await shop.read(id);
      expect(after.state).toBe(state);
      if (state === "failed") expect(after.failure?.charged).toBe("no");
      expect(vendor.sentTo(CREATE)).toHaveLength(1);
    },
  );

  it("still without an answer when a stopping server must go is unconfirmed, and its answer is waited for till then", async () => {
    const vendor = vendorThat(accepted);
    const sent = newGate();
    const silent: Fetch = async (input, init) => {
      await vendor.fetch(input, init);
      sent.open();
      return new Promise((_, reject) =>
        init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)),
      );
    };
    const shop = openWorkshop(studio, silent);
    const id = await shop.createOne();
    const step = shop.step(await shop.lease());
    await sent.opened;
    shop.stop();
    expect((await shop.read(id)).state).toBe("submitting");
    shop.callLast();
    await step;
    expect(await shop.read(id)).toMatchObject({ state: "unconfirmed", failure: { charged: "unknown" } });
    expect(vendor.sentTo(CREATE)).toHaveLength(1);
  });

  it("whose process died before the answer is unconfirmed once its lease has run out", async () => {
    const vendor = vendorThat(accepted);
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    const leased = await shop.lease();
    await studio.generations.applyEvent(leased ?? expect.fail("nothing was due"), {
      type: "claimed",
      at: studio.clock.now(),
    });
    // The process is gone; nobody else may touch the row while the lease stands.
    expect(await shop.advanceDue()).toBe(0);
    studio.clock.advance(LEASE_MS + 1);
    await shop.advanceDue();
    expect((await shop.read(id)).state).toBe("unconfirmed");
    expect(vendor.sentTo(CREATE)).toEqual([]);
  });

  it("is not sent when its first frame is gone", async () => {
    const vendor = vendorThat(accepted);
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    for (const file of await studio.listFiles()) {
      if (file.startsWith("storage/assets/")) await studio.storage.remove(file.slice("storage/".length));
    }
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({
      state: "failed",
      failure: { kind: "inputs-gone", input: "firstFrame", charged: "no" },
    });
    expect(vendor.sent).toEqual([]);
  });

  it("is not sent with a picture that cannot be made to fit, and says which and what to do", async () => {
    const vendor = vendorThat(accepted);
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    await studio.db.updateTable("assets").set({ needs_flattening: 1 }).execute();
    const [picture = ""] = (await studio.listFiles()).filter((file) => file.startsWith("storage/assets/"));
    // What was a whole picture when it came is damaged on disk now.
    const damaged = studio.incoming.newPath(".jpg");
    await writeFile(damaged, (await jpegPicture(800, 600)).subarray(0, 2000));
    await studio.storage.put(picture.replace(/^storage\//, ""), damaged);
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({
      state: "failed",
      failure: {
        kind: "input-unreadable",
        title: "The first frame could not be prepared",
        explanation:
          "It is damaged: its picture data ends early. Save the picture anew as JPEG or PNG. Nothing was sent or charged.",
        input: "firstFrame",
        charged: "no",
      },
    });
    expect(vendor.sent).toEqual([]);
  });

  it("that was taken back before it left is never sent", async () => {
    const vendor = vendorThat(accepted);
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    expect((await cancelGeneration(shop.workshop, OWNER, id)).state).toBe("cancelled");
    studio.clock.advance(60_000);
    await shop.advanceDue();
    expect(vendor.sent).toEqual([]);
    await expect(cancelGeneration(shop.workshop, "usr_b", id)).rejects.toMatchObject({ code: "not-found" });
  });

  it("that is taken back while its inputs are made ready is never sent either", async () => {
    const vendor = vendorThat(accepted);
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    const [leased] = await Promise.all([shop.lease()]);
    await cancelGeneration(shop.workshop, OWNER, id);
    const { submitGeneration } = await import("@/lib/server/generations/submit-generation");
    await submitGeneration(shop.workshop, leased ?? expect.fail("nothing was due"));
    expect(vendor.sent).toEqual([]);
    expect((await shop.read(id)).state).toBe("cancelled");
  });
});

describe("a server that slept between its intent and the call", () => {
  /** Sleeps just after the intent was written; what happens meanwhile is `meanwhile`. */
  async function sleeping(meanwhile: (shop: TestWorkshop) => Promise<unknown>) {
    const vendor = vendorThat(accepted);
    const { generations } = studio;
    let isFirst = true;
    const sleepy = openWorkshop(
      {
        ...studio,
        generations: {
          ...generations,
          async applyEvent(generation, event) {
            const after = await generations.applyEvent(generation, event);
            if (isFirst && after?.state === "submitting") {
              isFirst = false;
              studio.clock.advance(6 * 60_000);
              await meanwhile(openWorkshop(studio, vendor.fetch));
            }
            return after;
          },
        },
      },
      vendor.fetch,
    );
    const id = await sleepy.createOne();
    await sleepy.step(await sleepy.lease());
    return { id, vendor, shop: openWorkshop(studio, vendor.fetch) };
  }

  it("sends nothing then, and once when it is due again", async () => {
    const { id, vendor, shop } = await sleeping(async () => {});
    expect(vendor.sentTo(CREATE)).toHaveLength(0);
    expect(await shop.read(id)).toMatchObject({ state: "queued", submittedAt: null });
    studio.clock.advance(1_000);
    await shop.advanceDue();
    expect(vendor.sentTo(CREATE)).toHaveLength(1);
    expect((await shop.read(id)).state).toBe("running");
  });

  it("sends nothing at all where its person has closed the start as one of unknown fate", async () => {
    const { id, vendor, shop } = await sleeping(async (other) => {
      await other.step(await other.lease());
      await closeUnconfirmed(other.workshop, OWNER, await onlyId());
    });
    studio.clock.advance(60_000);
    await shop.advanceDue();
    expect(vendor.sentTo(CREATE)).toHaveLength(0);
    expect((await shop.read(id)).failure?.kind).toBe("closed-unconfirmed");
  });

  async function onlyId(): Promise<string> {
    return (await studio.db.selectFrom("generations").select("id").executeTakeFirstOrThrow()).id;
  }
});

describe("the key", () => {
  it("is in no row, whatever the vendor echoes", async () => {
    const echo = json(401, {
      code: "InvalidApiKey",
      message: `Incorrect API key ${TEST_KEY} provided`,
      request_id: "q",
    });
    const shop = openWorkshop(studio, vendorThat(echo).fetch);
    await shop.createOne();
    await shop.advanceDue();
    const rows = await studio.db.selectFrom("generations").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(TEST_KEY);
  });
});
