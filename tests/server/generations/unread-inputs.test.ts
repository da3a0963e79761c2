import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMediaLinks } from "@/lib/server/assets/media-links";
import { storeUpload } from "@/lib/server/assets/store-upload";
import { advanceGeneration } from "@/lib/server/generations/advance-generation";
import { LEASE_MS } from "@/lib/server/generations/lease-keeper";
import { makeWav } from "@/tests/server/media/make-wav";
import { connectionError, createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop } from "@/tests/support/test-workshop";

const CREATE = "/api/v1/services/aigc/video-generation/video-synthesis";
const LOOK_MS = 15_000;
const DAY_MS = 24 * 3_600_000;
const accepted = (id: string) =>
  json(200, { request_id: "r", output: { task_id: id, task_status: "PENDING" } });
const output = (fields: object) => json(200, { request_id: "q", output: { task_id: "t", ...fields } });
const unread = output({
  task_status: "FAILED",
  code: "InvalidParameter.DataInspection",
  message: "Unable to download the media resource during the data inspection process.",
});
const running = output({ task_status: "RUNNING" });
const policy = json(200, {
  data: {
    policy: "p",
    signature: "s",
    upload_dir: "dir",
    upload_host: "https://93.184.216.34/store",
    oss_access_key_id: "id",
    x_oss_object_acl: "private",
    x_oss_forbid_overwrite: "true",
  },
});

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

type Answers = Parameters<typeof createScriptedVendor>[0][string];

async function orderWithSound(options: { starts: Answers; looks: Answers; isLinked: boolean }) {
  const vendor = createScriptedVendor({
    "GET /api/v1/uploads": [policy],
    "POST /store": [new Response(null, { status: 200 })],
    [`POST ${CREATE}`]: options.starts,
    "GET /api/v1/tasks/": options.looks,
  });
  const mediaLinks = createMediaLinks({
    publicUrl: options.isLinked ? "https://studio.example" : null,
    reach: options.isLinked ? "public" : "none",
    secret: () => "s",
    clock: studio.clock,
  });
  const shop = openWorkshop({ ...studio, mediaLinks }, vendor.fetch);
  const bytes = makeWav(3);
  const sound = await storeUpload(studio, OWNER, {
    body: Readable.from([bytes]),
    announcedBytes: bytes.length,
    fileName: "voice.wav",
    slot: "drivingAudio",
    modelId: "wan2.7-i2v",
  });
  const media = { firstFrame: await shop.uploadPicture(), drivingAudio: sound.asset.id };
  const id = await shop.createOne({ media });
  return {
    id,
    shop,
    vendor,
    async look() {
      studio.clock.advance(LOOK_MS);
      await shop.advanceDue();
      return shop.read(id);
    },
    /** The first word of each address that the sound went out with. */
    soundsSent: () =>
      vendor.sentTo(CREATE).map(({ body }) => {
        const { media } = JSON.parse(body).input as { media: { type: string; url: string }[] };
        return media.find(({ type }) => type === "driving_audio")?.url.split("/api/")[0];
      }),
  };
}

describe("a sound that the vendor could not read from its own store", () => {
  it("goes out again by link, by itself and once, when the task failed, which cost nothing", async () => {
    const { id, shop, look, soundsSent } = await orderWithSound({
      starts: [accepted("task-1"), accepted("task-2")],
      looks: [unread, running],
      isLinked: true,
    });
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({ state: "running", remoteTask: { taskId: "task-1" } });

    const again = await look();
    expect(again).toMatchObject({
      state: "running",
      remoteTask: { taskId: "task-2" },
      unreadWays: ["upload"],
      failure: null,
      deadlineAt: studio.clock.now() + DAY_MS,
    });
    expect(soundsSent()).toEqual([expect.stringMatching(/^oss:/), "https://studio.example"]);
    expect((await look()).state).toBe("running");
    expect(soundsSent()).toHaveLength(2);
    const events = await studio.db.selectFrom("generation_events").select("type").orderBy("id").execute();
    expect(events.map(({ type }) => type)).toEqual([
      "created",
      "claimed",
      "accepted",
      "inputs-unread",
      "claimed",
      "accepted",
    ]);
  });

  it("goes out again by link when the start was refused for it", async () => {
    const refusal = json(400, {
      code: "InvalidParameter.DataInspection",
      message: "Failed to find the requested media resource during the data inspection process",
      request_id: "q",
    });
    const { id, shop, soundsSent } = await orderWithSound({
      starts: [refusal, accepted("task-2")],
      looks: [running],
      isLinked: true,
    });
    await shop.advanceDue();
    // A second start has to keep the vendor's pace.
    studio.clock.advance(1_000);
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({ state: "running", unreadWays: ["upload"] });
    expect(soundsSent()).toHaveLength(2);
  });

  it("is not taken for the second start when that one's answer never comes", async () => {
    const { shop, look, vendor } = await orderWithSound({
      starts: [accepted("task-1"), connectionError("ECONNRESET")],
      looks: [
        ({ url }) =>
          new URL(url).pathname === "/api/v1/tasks/"
            ? json(200, {
                total_page: 1,
                data: [
                  {
                    task_id: "task-1",
                    status: "FAILED",
                    model_name: "wan2.7-i2v",
                    gmt_create: studio.clock.now() - LOOK_MS,
                  },
                ],
              })
            : unread.clone(),
      ],
      isLinked: true,
    });
    await shop.advanceDue();
    await look();
    expect(await look()).toMatchObject({
      state: "unconfirmed",
      remoteTask: null,
      formerTaskId: "task-1",
      failure: { charged: "unknown" },
    });
    expect(vendor.sentTo(CREATE)).toHaveLength(2);
  });

  it("says while it waits that it is sent again and that nothing was charged", async () => {
    const { id, shop } = await orderWithSound({
      starts: [
        accepted("task-1"),
        json(429, { code: "Throttling", message: "Requests throttling triggered.", request_id: "q" }),
      ],
      looks: [unread],
      isLinked: true,
    });
    await shop.advanceDue();
    studio.clock.advance(LOOK_MS);
    const leased = (await shop.lease()) ?? expect.fail("nothing was due");
    await advanceGeneration(shop.workshop, leased);
    expect(await shop.read(id)).toMatchObject({
      state: "queued",
      failure: {
        title: "The vendor could not read the driving audio",
        explanation: expect.stringContaining("by a link to this studio. Nothing was charged"),
        input: "drivingAudio",
        charged: "no",
      },
    });
    studio.clock.advance(LEASE_MS);
    await shop.advanceDue();
    // Throttled, it waits for its turn and still goes by link.
    expect(await shop.read(id)).toMatchObject({ state: "queued", unreadWays: ["upload"] });
  });

  it("fails in words when the link could not be read either, after two starts and no more", async () => {
    const { id, shop, look, soundsSent } = await orderWithSound({
      starts: [accepted("task-1"), accepted("task-2")],
      looks: [unread],
      isLinked: true,
    });
    await shop.advanceDue();
    await look();
    await look();
    expect(await shop.read(id)).toMatchObject({
      state: "failed",
      failure: {
        title: "The vendor could not read the driving audio",
        explanation: expect.stringContaining("could not be read by either"),
        input: "drivingAudio",
        charged: "no",
      },
    });
    expect(soundsSent()).toHaveLength(2);
  });

  it("fails in words, after one start, where this studio has no links", async () => {
    const { look, shop, soundsSent } = await orderWithSound({
      starts: [accepted("task-1")],
      looks: [unread],
      isLinked: false,
    });
    await shop.advanceDue();
    expect(await look()).toMatchObject({
      state: "failed",
      failure: { input: "drivingAudio", explanation: expect.stringContaining("Set sign-in and PUBLIC_URL") },
    });
    expect(soundsSent()).toHaveLength(1);
  });
});

describe("a start that had to wait longer than an upload lives", () => {
  it("uploads the sound anew, with a permission of its own", async () => {
    const throttled = json(429, { code: "Throttling", message: "", request_id: "q" });
    const { id, shop, vendor } = await orderWithSound({
      starts: [throttled, accepted("task-1")],
      looks: [running],
      isLinked: false,
    });
    await shop.advanceDue();
    expect((await shop.read(id)).state).toBe("queued");
    studio.clock.advance(2 * DAY_MS);
    await shop.advanceDue();
    expect((await shop.read(id)).state).toBe("running");
    expect(vendor.sentTo("/api/v1/uploads")).toHaveLength(2);
    expect(vendor.sentTo("/store")).toHaveLength(2);
  });
});
