import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { InputWay } from "@/lib/domain/input-way";
import { findModel } from "@/lib/domain/models/catalogue";
import type { Model, Region, SlotName } from "@/lib/domain/models/model";
import { createDashScope } from "@/lib/server/providers/dashscope/client";
import { type JobFile, ProviderError, type StartJob } from "@/lib/server/providers/provider";
import { testFolder } from "@/tests/fixtures/media/test-folder";
import { createFakeClock } from "@/tests/support/fake-clock";
import { connectionError, createScriptedVendor, json } from "@/tests/support/scripted-vendor";

const KEY = "sk-inputs-0123456789";
const POLICY = "GET /api/v1/uploads";
const STORE = "POST /store";
const CREATE = "POST /api/v1/services";
const signal = new AbortController().signal;
const model = findModel("wan2.7-i2v") as Model;

const policy = (change: object = {}) =>
  json(200, {
    data: {
      policy: "p",
      signature: "s",
      upload_dir: "dir",
      upload_host: "https://93.184.216.34/store",
      max_file_size_mb: "100",
      oss_access_key_id: "id",
      x_oss_object_acl: "private",
      x_oss_forbid_overwrite: "true",
      ...change,
    },
  });
const taken = new Response(null, { status: 200 });
const accepted = json(200, { request_id: "r", output: { task_id: "t", task_status: "PENDING" } });
const refused = (status: number, code: string, message = "") =>
  json(status, { code, message, request_id: "q" });
const unread = refused(
  400,
  "InvalidParameter.DataInspection",
  "The media format is not supported or incorrect.",
);
const policyExpired = new Response(
  "<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Invalid according to Policy: Policy expired.</Message></Error>",
  { status: 403 },
);

type Routes = Parameters<typeof createScriptedVendor>[0];

function openVendor(routes: Routes, region: Region = "ap-southeast-1") {
  const vendor = createScriptedVendor({
    [POLICY]: [policy()],
    [STORE]: [taken],
    [CREATE]: [accepted],
    ...routes,
  });
  const baseUrl = "https://vendor.example/api/v1";
  const clock = createFakeClock(0);
  const provider = createDashScope({ baseUrl, region, apiKey: KEY, fetch: vendor.fetch, now: clock.now });
  const count = (route: string) => vendor.sentTo(route.split(" ")[1] ?? "").length;
  return { ...vendor, provider, clock, count, region };
}

async function file(name: string, mediaType: string, isLinked: boolean): Promise<JobFile> {
  const path = join(await testFolder(), name);
  await writeFile(path, `the bytes of ${name}`);
  const { size: sizeBytes } = await stat(path);
  return { path, mediaType, sizeBytes, publicUrl: isLinked ? `https://studio.example/${name}` : null };
}

async function job(media: StartJob["media"], region: Region = "ap-southeast-1"): Promise<StartJob> {
  return {
    model,
    place: { vendor: "dashscope", region },
    mode: "animate",
    media: { firstFrame: await file("first.jpg", "image/jpeg", true), ...media },
    parameters: { prompt: "p", resolution: "720P", durationSeconds: 5 },
  };
}

async function jobWithAudio(isLinked: boolean, region?: Region): Promise<StartJob> {
  return job({ drivingAudio: await file("voice.mp3", "audio/mpeg", isLinked) }, region);
}

async function refusal(promise: Promise<unknown>): Promise<ProviderError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderError) return error;
  throw error ?? new Error("The vendor took it");
}

function mediaOf(body: string | undefined): Record<string, string> {
  const { media } = JSON.parse(body ?? "{}").input as { media: { type: string; url: string }[] };
  return Object.fromEntries(media.map(({ type, url }) => [type, url.split(/[,?]/)[0] ?? ""]));
}

describe("how a file reaches the vendor", () => {
  it("is inside the call for a small picture, and by upload for a sound", async () => {
    const vendor = openVendor({});
    const prepared = await vendor.provider.prepare(await jobWithAudio(false), signal);
    expect(prepared.sent).toEqual({ firstFrame: "inline", drivingAudio: "upload" });
    expect(mediaOf(prepared.body)).toEqual({
      first_frame: "data:image/jpeg;base64",
      driving_audio: "oss://dir/voice.mp3",
    });
    expect(prepared.headers["X-DashScope-OssResourceResolve"]).toBe("enable");
    expect(prepared.spareWays).toBeUndefined();
    const form = vendor.sentTo("/store")[0];
    expect(form?.headers).not.toHaveProperty("authorization");
    expect(form?.body.lastIndexOf('; name="file"')).toBe(form?.body.lastIndexOf("; name="));
    for (const field of [
      "OSSAccessKeyId",
      "Signature",
      "policy",
      "key",
      "x-oss-object-acl",
      "x-oss-forbid-overwrite",
      "success_action_status",
    ]) {
      expect(form?.body).toContain(`name="${field}"`);
    }
  });

  it("is by upload for a picture that is too large for the call", async () => {
    const big = { ...(await file("big.png", "image/png", false)), sizeBytes: 7_000_001 };
    const { provider } = openVendor({});
    expect((await provider.prepare(await job({ firstFrame: big }), signal)).sent).toEqual({
      firstFrame: "upload",
    });
  });

  it("is by upload again, once, when the permission ran out on the way", async () => {
    const vendor = openVendor({ [STORE]: [policyExpired, taken] });
    await vendor.provider.prepare(await jobWithAudio(false), signal);
    expect([vendor.count(POLICY), vendor.count(STORE)]).toEqual([2, 2]);

    const hopeless = openVendor({ [STORE]: [policyExpired] });
    const error = await refusal(hopeless.provider.prepare(await jobWithAudio(false), signal));
    expect(error).toMatchObject({ accepted: "no", isRetryable: true, failure: { kind: "upload-expired" } });
    expect(hopeless.count(STORE)).toBe(2);
  });

  it("is a link where the vendor gives no permission to upload, for good", async () => {
    const vendor = openVendor({ [POLICY]: [refused(403, "AccessDenied", "Access denied.")] });
    const prepared = await vendor.provider.prepare(await jobWithAudio(true), signal);
    expect(mediaOf(prepared.body).driving_audio).toBe("https://studio.example/voice.mp3");
    expect(prepared.headers).not.toHaveProperty("X-DashScope-OssResourceResolve");
    expect((await refusal(vendor.provider.prepare(await jobWithAudio(false), signal))).isRetryable).toBe(
      false,
    );
  });

  it("waits where the permission is only busy", async () => {
    const vendor = openVendor({ [POLICY]: [refused(429, "Throttling.RateQuota")] });
    const error = await refusal(vendor.provider.prepare(await jobWithAudio(true), signal));
    expect(error).toMatchObject({ accepted: "no", isRetryable: true, failure: { kind: "throttled" } });
  });

  it("is no upload for more than the store takes", async () => {
    const vendor = openVendor({ [POLICY]: [policy({ max_file_size_mb: 10 })] });
    const clip = { ...(await file("take.mp4", "video/mp4", false)), sizeBytes: 10_000_001 };
    const error = await refusal(vendor.provider.prepare(await job({ firstClip: clip }), signal));
    expect(error.failure).toMatchObject({
      title: "The vendor did not take the clip",
      input: "firstClip",
      charged: "no",
    });
    expect(error.failure.explanation).toContain("at most 10 MB");
    expect(vendor.count(STORE)).toBe(0);
  });
});

const LOOK = "GET /api/v1/tasks";
const failed = (code: string, message: string) =>
  json(200, { request_id: "q", output: { task_id: "t", task_status: "FAILED", code, message } });
const notFetched = failed("InvalidParameter", "Failed to download oss://dir/voice.mp3");
const HOUR_MS = 3_600_000;

describe("an upload that the vendor could not read", () => {
  type Vendor = ReturnType<typeof openVendor>;
  const prepare = async (vendor: Vendor, isLinked: boolean, unreadWays: InputWay[] = []) =>
    vendor.provider.prepare({ ...(await jobWithAudio(isLinked, vendor.region)), unreadWays }, signal);
  const order = async (vendor: Vendor, isLinked: boolean, unreadWays: InputWay[] = []) =>
    vendor.provider.start(await prepare(vendor, isLinked, unreadWays), signal);

  it("is told apart at create, where a link is left, and is not sent twice in one start", async () => {
    const vendor = openVendor({ [CREATE]: [unread, accepted] });
    const error = await refusal(order(vendor, true));
    expect(error).toMatchObject({ accepted: "no", unreadWay: "upload" });
    expect(vendor.count(CREATE)).toBe(1);
    expect(await order(vendor, true, ["upload"])).toEqual({
      taskId: "t",
      sent: { firstFrame: "inline", drivingAudio: "link" },
      unreadWays: ["upload"],
    });
    const [first, second] = vendor.sentTo("/api/v1/services");
    expect(mediaOf(first?.body).driving_audio).toBe("oss://dir/voice.mp3");
    expect(mediaOf(second?.body).driving_audio).toBe("https://studio.example/voice.mp3");
    expect(first?.headers).toHaveProperty("x-dashscope-ossresourceresolve");
    expect(second?.headers).not.toHaveProperty("x-dashscope-ossresourceresolve");
    expect(vendor.count(STORE)).toBe(1);
  });

  it.each([
    ["a server error", refused(500, "InternalError"), "unknown"],
    ["a cut connection", connectionError("ECONNRESET"), "unknown"],
    [
      "an unread file, said by a server in trouble",
      refused(500, "InvalidParameter.DataInspection"),
      "unknown",
    ],
    ["a reply that makes no sense", json(200, { hello: "world" }), "unknown"],
    [
      "a refused prompt",
      refused(400, "DataInspectionFailed", "Input data may contain inappropriate content."),
      "no",
    ],
    ["a picture that is broken", refused(400, "InvalidParameter", "Failed to decode the image."), "no"],
    ["a busy vendor", refused(429, "Throttling"), "no"],
  ] as const)("is not what %s says", async (_name, answer, proof) => {
    const vendor = openVendor({ [CREATE]: [answer, accepted] });
    expect(await refusal(order(vendor, true))).toMatchObject({ accepted: proof, unreadWay: null });
    expect(vendor.count(CREATE)).toBe(1);
    expect((await prepare(vendor, true)).sent.drivingAudio).toBe("upload");
  });

  it("is told apart in a failed task too, as long as a way is left", async () => {
    const vendor = openVendor({ [LOOK]: [notFetched] });
    const status = await vendor.provider.check(await order(vendor, true), signal);
    expect(status).toMatchObject({
      kind: "failed",
      unreadWay: "upload",
      failure: { kind: "input-unreadable", input: "drivingAudio", charged: "no" },
    });
    const last = await vendor.provider.check(await order(vendor, true, ["upload"]), signal);
    expect(last).toMatchObject({ kind: "failed", failure: { input: "drivingAudio" } });
    expect(last).not.toHaveProperty("unreadWay");
  });

  it.each([
    [
      "at create, outside Beijing",
      "ap-southeast-1",
      false,
      [],
      "models in Singapore may not read. Set sign-in and PUBLIC_URL",
    ],
    ["with a link that was not read before", "ap-southeast-1", false, ["link"], "PUBLIC_URL, can be reached"],
    ["with a link, after an upload", "ap-southeast-1", true, ["upload"], "could not be read by either"],
  ] as const)("that has no other way is explained, with what would help: %s", async (...row) => {
    const [, region, isLinked, unreadWays, words] = row;
    const vendor = openVendor({ [CREATE]: [unread], [LOOK]: [notFetched] }, region);
    const error = await refusal(order(vendor, isLinked, [...unreadWays]));
    expect(error).toMatchObject({ accepted: "no", isRetryable: true, triesMax: 3, unreadWay: null });
    expect(error.failure.explanation).toContain(words);
  });

  it("gets no such words in Beijing, whose models read uploads, nor a picture about its sound", async () => {
    const beijing = await refusal(order(openVendor({ [CREATE]: [unread] }, "cn-beijing"), false));
    expect(beijing.failure.explanation).not.toContain("PUBLIC_URL");
    const big = { ...(await file("big.png", "image/png", false)), sizeBytes: 7_000_001 };
    const vendor = openVendor({ [CREATE]: [unread] });
    const prepared = await vendor.provider.prepare(await job({ firstFrame: big }), signal);
    const error = await refusal(vendor.provider.start(prepared, signal));
    expect(error.failure.explanation).toContain("at most 7 MB");
    expect(
      (await refusal(order(openVendor({ [CREATE]: [unread] }), false))).failure.explanation,
    ).not.toContain("7 MB");
  });

  it("that has no way left at all is not sent", async () => {
    const vendor = openVendor({});
    const error = await refusal(order(vendor, false, ["upload"]));
    expect(error).toMatchObject({
      accepted: "no",
      isRetryable: false,
      failure: { kind: "input-unreachable", input: "drivingAudio", charged: "no" },
    });
    expect([vendor.count(STORE), vendor.count(CREATE)]).toEqual([0, 0]);
  });

  it("makes links the first way for six hours, with uploads as the second", async () => {
    const vendor = openVendor({ [LOOK]: [notFetched] });
    await vendor.provider.check(await order(vendor, true), signal);
    expect(await prepare(vendor, true)).toMatchObject({
      sent: { drivingAudio: "link" },
      spareWays: ["link"],
    });
    vendor.clock.advance(6 * HOUR_MS - 1);
    expect((await prepare(vendor, true)).sent.drivingAudio).toBe("link");
    vendor.clock.advance(1);
    expect((await prepare(vendor, true)).sent.drivingAudio).toBe("upload");
  });

  it("is forgotten when a clip is made from an upload after all", async () => {
    const output = { task_id: "t", task_status: "SUCCEEDED", video_url: "https://x.example/a.mp4" };
    const vendor = openVendor({ [LOOK]: [notFetched, json(200, { request_id: "q", output })] });
    const task = await order(vendor, true);
    await vendor.provider.check(task, signal);
    await vendor.provider.check(task, signal);
    expect((await prepare(vendor, true)).sent.drivingAudio).toBe("upload");
  });

  it.each([
    ["in Beijing", "cn-beijing", notFetched],
    [
      "by words that fit a damaged file as well",
      "ap-southeast-1",
      failed("InvalidParameter.DataInspection", "The media format is not supported or incorrect."),
    ],
    [
      "by words about another file, which travelled inside the call",
      "ap-southeast-1",
      failed("InvalidParameter", "Failed to decode the image during the data inspection."),
    ],
  ] as const)("is nothing that is learnt %s", async (_name, region, answer) => {
    const vendor = openVendor({ [LOOK]: [answer] }, region);
    await vendor.provider.check(await order(vendor, true), signal);
    expect((await prepare(vendor, true)).sent.drivingAudio).toBe("upload");
  });
});

describe("a failure speaks of what was sent", () => {
  const failedWith = async (message: string, sent: SlotName[]) => {
    const output = { task_id: "t", task_status: "FAILED", code: "InvalidParameter.DataInspection", message };
    const { provider } = openVendor({ "GET /api/v1/tasks": [json(200, { request_id: "q", output })] });
    const ways = Object.fromEntries(sent.map((slot) => [slot, "inline"]));
    const status = await provider.check({ taskId: "t", sent: ways }, signal);
    if (status.kind !== "failed") throw new Error(status.kind);
    return status.failure;
  };

  it.each([
    [
      "media.1 is broken",
      ["firstFrame", "lastFrame"],
      "the last frame",
      "save the picture anew as JPEG or PNG",
    ],
    ["Unable to download the media resource", ["firstClip"], "the clip", "save the clip anew as MP4"],
    [
      "audio could not be decoded",
      ["firstFrame", "drivingAudio"],
      "the driving audio",
      "save the audio anew as WAV or MP3",
    ],
    [
      "Unable to download the media resource",
      ["firstFrame", "drivingAudio"],
      "one of the files",
      "save the files anew in a common format",
    ],
    ["last_frame is broken", ["firstFrame"], "the first frame", "save the picture anew as JPEG or PNG"],
  ] as const)("“%s” with %j", async (message, sent, noun, advice) => {
    const { title, explanation } = await failedWith(message, [...sent]);
    expect(title).toBe(`The vendor could not read ${noun}`);
    expect(explanation).toContain(advice);
  });
});
