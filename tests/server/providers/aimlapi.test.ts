import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findModel } from "@/lib/domain/models/catalogue";
import type { Model } from "@/lib/domain/models/model";
import { refuseOrder } from "@/lib/domain/refuse-order";
import { createAimlapi } from "@/lib/server/providers/aimlapi/client";
import type { JobFile, StartJob } from "@/lib/server/providers/provider";
import { testFolder } from "@/tests/fixtures/media/test-folder";
import {
  connectionError,
  createScriptedVendor,
  json,
  type SentRequest,
} from "@/tests/support/scripted-vendor";

const KEY = "aiml-0123456789";
const ROUTE = "/v2/video/generations";
const signal = new AbortController().signal;

function openGateway(routes: Parameters<typeof createScriptedVendor>[0] = {}) {
  const vendor = createScriptedVendor(routes);
  const options = { baseUrl: "https://gateway.example", apiKey: KEY, fetch: vendor.fetch, now: () => 0 };
  return { ...vendor, provider: createAimlapi(options) };
}

async function file(name: string, mediaType: string, change: Partial<JobFile> = {}): Promise<JobFile> {
  const path = join(await testFolder(), name);
  await writeFile(path, name);
  return { path, mediaType, sizeBytes: (await stat(path)).size, ...change };
}

function job(media: StartJob["media"]): StartJob {
  return {
    model: findModel("wan2.7-i2v") as Model,
    place: { vendor: "aimlapi" },
    mode: "animate",
    media,
    parameters: { prompt: "p", resolution: "720P", durationSeconds: 5 },
  };
}

const picture = { fileName: "boat.jpg", mediaType: "image/jpeg", sizeBytes: 7_000_000 };
const sound = { fileName: "voice.mp3", mediaType: "audio/mpeg", sizeBytes: 100 };

describe("what cannot work is known before anything is sent", () => {
  const { provider } = openGateway();
  const parameters = { prompt: "p" };
  const open = { place: { vendor: "aimlapi" }, hasPublicLinks: true } as const;
  const closed = { ...open, hasPublicLinks: false };

  it("a sound and a large picture without public links", () => {
    expect(
      refuseOrder(closed, {
        media: { firstFrame: { ...picture, sizeBytes: 7_000_001 }, drivingAudio: sound },
        parameters,
      }),
    ).toEqual({
      firstFrame:
        "“boat.jpg” is 7.0 MB, too large to travel inside a call to AI/ML API. This studio has no public links: they need sign-in and PUBLIC_URL, or a bucket with S3_PUBLIC_ENDPOINT.",
      drivingAudio:
        "“voice.mp3” is no picture, and AI/ML API takes a driving audio only by a public link. This studio has no public links: they need sign-in and PUBLIC_URL, or a bucket with S3_PUBLIC_ENDPOINT.",
    });
  });

  it("nothing with public links, nor for a small picture without", () => {
    const media = { firstFrame: { ...picture, sizeBytes: 19_000_000 }, drivingAudio: sound };
    expect(refuseOrder(open, { media, parameters })).toEqual({});
    expect(refuseOrder(closed, { media: { firstFrame: picture }, parameters })).toEqual({});
  });

  it("an order without words, which the gateway asks for", () => {
    const outline = { media: { firstFrame: picture }, parameters: { prompt: "  " } };
    expect(Object.keys(refuseOrder(open, outline))).toEqual(["prompt"]);
  });

  it("and once more when the links are gone by the time it would be sent", async () => {
    const media = {
      firstFrame: await file("first.jpg", "image/jpeg"),
      drivingAudio: await file("voice.mp3", "audio/mpeg"),
    };
    await expect(provider.prepare(job(media), signal)).rejects.toMatchObject({
      accepted: "no",
      isRetryable: false,
      failure: { kind: "input-unreachable", input: "drivingAudio", charged: "no" },
    });
  });
});

describe("a generation at the gateway", () => {
  it("is started, asked about by its id, and found", async () => {
    const id = "uuid:model/1";
    const gateway = openGateway({
      [`POST ${ROUTE}`]: [json(201, { id, status: "queued" })],
      [`GET ${ROUTE}`]: [json(200, { id, status: "generating" })],
    });
    const media = { firstFrame: await file("first.jpg", "image/jpeg") };
    const prepared = await gateway.provider.prepare(job(media), signal);
    const task = await gateway.provider.start(prepared, signal);
    expect(task).toEqual({ taskId: id, sent: { firstFrame: "inline" } });
    expect(await gateway.provider.check(task, signal)).toEqual({ kind: "running", word: "generating" });
    expect(gateway.sent[1]).toMatchObject({
      method: "GET",
      url: `https://gateway.example${ROUTE}?generation_id=uuid%3Amodel%2F1`,
      headers: { authorization: `Bearer ${KEY}` },
    });
  });

  it("costs what the gateway said when it accepted, unless it says so again at the end", async () => {
    const id = "6_abcdefghijklmnopqrs";
    const video = { url: "https://cdn.aimlapi.com/generations/otter/1778022592892-uuid.mp4" };
    const told = { usage: { credits_used: 1_575_000, usd_spent: 0.7875 } };
    const gateway = openGateway({
      [`POST ${ROUTE}`]: [json(200, { id, status: "queued", meta: { usage: { credits_used: 1_000_000 } } })],
      [`GET ${ROUTE}`]: [
        json(200, { id, status: "completed", video }),
        json(200, { id, status: "completed", video, meta: told }),
      ],
    });
    const media = { firstFrame: await file("first.jpg", "image/jpeg") };
    const task = await gateway.provider.start(await gateway.provider.prepare(job(media), signal), signal);
    // As it comes back from the row.
    const kept = JSON.parse(JSON.stringify(task));
    expect(await gateway.provider.check(kept, signal)).toMatchObject({ usage: { credits_used: 1_000_000 } });
    expect(await gateway.provider.check(kept, signal)).toMatchObject(told);
  });

  it("has a large picture and a sound fetched from us", async () => {
    const link = (name: string) => `https://studio.example/api/media/${name}`;
    const media = {
      firstFrame: await file("big.png", "image/png", { sizeBytes: 7_000_001, publicUrl: link("big.png") }),
      drivingAudio: await file("voice.mp3", "audio/mpeg", { publicUrl: link("voice.mp3") }),
    };
    const { body, sent } = await openGateway().provider.prepare(job(media), signal);
    expect(sent).toEqual({ firstFrame: "link", drivingAudio: "link" });
    expect(JSON.parse(body)).toMatchObject({ image_url: link("big.png"), audio_url: link("voice.mp3") });
  });

  it("is read whole where the key is only a placeholder, whose letters stand in names and addresses too", async () => {
    const video = { url: "https://cdn.example/video.mp4" };
    const { fetch } = createScriptedVendor({
      [`GET ${ROUTE}`]: [json(200, { id: "t", status: "completed", video })],
    });
    const options = { baseUrl: "https://gateway.example", apiKey: "video", fetch, now: () => 0 };
    expect(await createAimlapi(options).check({ taskId: "t" }, signal)).toMatchObject({
      kind: "succeeded",
      result: video,
    });
  });

  it("cannot be taken back or listed", () => {
    const { provider } = openGateway();
    expect([provider.cancel, provider.list]).toEqual([undefined, undefined]);
  });

  it("is not ended by a 404 that is not the gateway's own", async () => {
    const { provider } = openGateway({ [`GET ${ROUTE}`]: [new Response("<html>", { status: 404 })] });
    await expect(provider.check({ taskId: "t" }, signal)).rejects.toMatchObject({ accepted: "unknown" });
  });
});

describe("a test of the connection", () => {
  const refused = (status: number, message: string) => json(status, { message, requestId: "q" });
  const forKeyed =
    (answer: Response) =>
    ({ headers }: SentRequest) =>
      headers.authorization ? answer : refused(401, "This request requires a valid API key.");
  it.each([
    ["good", forKeyed(refused(404, "Not Found")), "took the key"],
    ["unknown", refused(404, "Not Found"), "the same without a key"],
    ["bad", refused(401, `This request requires a valid API key, not ${KEY}`), "missing or wrong"],
    ["bad", refused(403, "You've run out of credits"), "run out of credits"],
    ["bad", refused(403, "Verify your account"), "Verify your account"],
    ["unknown", refused(400, "Body validation error"), "no clear answer"],
    ["unknown", refused(500, "Internal server error"), "no clear answer"],
    ["unknown", new Response("<html>", { status: 404 }), "no clear answer"],
    ["unknown", connectionError("ENOTFOUND"), "could not be reached"],
  ] as const)("finds the key %s and never repeats it", async (verdict, answer, words) => {
    const gateway = openGateway({ [`GET ${ROUTE}`]: [answer] });
    const checks = await gateway.provider.test(false, signal);
    expect(checks[0]).toMatchObject({ subject: "key", verdict, message: expect.stringContaining(words) });
    expect(JSON.stringify(checks)).not.toContain(KEY);
    // Nothing that could cost anything was asked.
    expect(gateway.sent.map(({ method }) => method)).not.toContain("POST");
  });
});
