import sharp from "sharp";
import { afterAll, describe, expect, test } from "vitest";
import { DEMO_TIME_SCALE } from "@/lib/emulator/open-emulator-state";
import { makeBmp } from "@/tests/fixtures/media/make-bmp";
import { makePicture } from "@/tests/fixtures/media/make-picture";
import {
  dataUri,
  firstFrameBody,
  readReply,
  SUBMITTED_AT,
  startEmulator,
  startMedia,
} from "./start-emulator";

const media = startMedia();
afterAll(() => media.close());

const HOUR_MS = 3_600_000;

test("ids that never were, belong to another key or are a day old are UNKNOWN, with HTTP 200 and nothing else", async () => {
  const { send, create, query, clock } = await startEmulator(media);
  const taskId = await create({ model: "wan2.7-i2v", input: {} });
  const unknown = (id: string) => ({
    request_id: expect.any(String),
    output: { task_id: id, task_status: "UNKNOWN" },
  });
  expect((await send("/api/v1/tasks/nobody")).status).toBe(200);
  expect(await query("nobody")).toEqual(unknown("nobody"));
  expect(await query("..%2f..%2fetc")).toEqual(unknown("..%2f..%2fetc"));
  expect(await query(taskId, "sk-other")).toEqual(unknown(taskId));
  clock.advance(24 * HOUR_MS);
  expect(await query(taskId)).toMatchObject({ output: { task_status: "FAILED" } });
  clock.advance(1);
  expect(await query(taskId)).toEqual(unknown(taskId));
});

test("a task waits, runs and fails with the three clocks in UTC+8, in the vendor's time", async () => {
  const { create, query, clock } = await startEmulator(media);
  const taskId = await create(await firstFrameBody({ prompt: "[demo:internal-error]" }));
  expect(await query(taskId)).toEqual({
    request_id: expect.any(String),
    output: { task_id: taskId, task_status: "PENDING", submit_time: "2026-04-13 10:45:47.597" },
  });
  clock.advance(20_000);
  const running = await query(taskId);
  expect(running).toEqual({
    request_id: expect.any(String),
    output: {
      task_id: taskId,
      task_status: "RUNNING",
      submit_time: "2026-04-13 10:45:47.597",
      scheduled_time: expect.stringMatching(/^2026-04-13 10:(45:5|46:0)\d\.\d{3}$/),
    },
  });
  clock.advance(100_000);
  expect(await query(taskId)).toEqual({
    request_id: expect.any(String),
    output: {
      ...running.output,
      task_status: "FAILED",
      end_time: expect.stringMatching(/^2026-04-13 10:4[67]:\d\d\.\d{3}$/),
      code: "InternalError",
      message: expect.any(String),
    },
  });
});

test("a refused prompt fails after a while by the vendor's words", async () => {
  const { create, query, clock } = await startEmulator(media);
  const taskId = await create(await firstFrameBody({ prompt: "[demo:refused]" }));
  clock.advance(20_000);
  expect(await query(taskId)).toMatchObject({ output: { task_status: "RUNNING" } });
  clock.advance(60_000);
  expect(await query(taskId)).toMatchObject({
    output: {
      task_status: "FAILED",
      code: "DataInspectionFailed",
      message: "Input data may contain inappropriate content.",
    },
  });
});

test("refused once means once for this prompt and key", async () => {
  const { create, query, clock } = await startEmulator(media);
  const body = await firstFrameBody({ prompt: "[demo:refused-once] boat" });
  const [first, again] = [await create(body), await create(body)];
  const elsewhere = await create(body, { key: "sk-other" });
  clock.advance(70_000);
  expect(await query(first)).toMatchObject({ output: { task_status: "FAILED", code: "InternalError" } });
  expect(await query(again)).toMatchObject({ output: { task_status: "RUNNING" } });
  expect(await query(elsewhere, "sk-other")).toMatchObject({ output: { task_status: "FAILED" } });
});

test("five tasks run at once, and the sixth waits until one has ended", async () => {
  const { create, query, clock } = await startEmulator(media);
  const body = await firstFrameBody({ prompt: "[demo:internal-error]" });
  const ids: string[] = [];
  for (let submit = 0; submit < 6; submit++) {
    ids.push(await create(body));
    clock.advance(500);
  }
  const stranger = await create(body, { key: "sk-other" });
  clock.advance(20_000);
  const statuses = async () => Promise.all(ids.map(async (id) => (await query(id)).output.task_status));
  expect(await statuses()).toEqual([...Array(5).fill("RUNNING"), "PENDING"]);
  expect(await query(stranger, "sk-other")).toMatchObject({ output: { task_status: "RUNNING" } });
  clock.advance(200_000);
  expect(await statuses()).toEqual(Array(6).fill("FAILED"));
  const outputs = await Promise.all(ids.map(async (id) => (await query(id)).output));
  const firstEnd = outputs
    .slice(0, 5)
    .map(({ end_time }) => end_time)
    .sort()[0];
  expect(outputs[5].scheduled_time).toBe(firstEnd);
});

test("twenty looks a second are answered, and the next is told to wait", async () => {
  const { send, clock } = await startEmulator(media);
  const look = () => send("/api/v1/tasks/nobody");
  for (let count = 0; count < 20; count++) expect((await look()).status).toBe(200);
  expect(await readReply(await look())).toMatchObject({
    status: 429,
    body: { code: "Throttling.RateQuota" },
  });
  clock.advance(1000);
  expect((await look()).status).toBe(200);
});

test("a time scale divides waiting and running alike", async () => {
  const { create, query, clock } = await startEmulator(media, { timeScale: 100 });
  const taskId = await create(await firstFrameBody({ prompt: "[demo:internal-error]" }));
  clock.advance(2_000);
  const { submit_time, end_time } = (await query(taskId)).output;
  expect(Date.parse(end_time) - Date.parse(submit_time)).toBeLessThan(1_500);
});

test("without a scale a task takes the demo's few seconds", async () => {
  const { create, query, clock } = await startEmulator(media, { timeScale: null });
  const taskId = await create(await firstFrameBody({ prompt: "[demo:internal-error]" }));
  clock.advance(110_000 / DEMO_TIME_SCALE);
  expect(110_000 / DEMO_TIME_SCALE).toBeLessThan(8_000);
  expect(await query(taskId)).toMatchObject({ output: { task_status: "FAILED" } });
});

describe("the first look says what is wrong with a task", () => {
  const frame = { type: "first_frame", url: "https://host.test/a.png" };
  const last = { type: "last_frame", url: "https://host.test/b.png" };
  const audio = { type: "driving_audio", url: "https://host.test/a.mp3" };
  const clip = { type: "first_clip", url: "https://host.test/a.mp4" };
  const withMedia = (items: unknown) => ({ model: "wan2.7-i2v", input: { media: items }, parameters: {} });

  test.each<[string, unknown, string]>([
    ["no media", { model: "wan2.7-i2v", input: {} }, "Field required: input.media"],
    ["media is null", withMedia(null), "Field required: input.media"],
    ["no type", withMedia([{ url: "https://host.test/a.png" }]), "Field required: input.media.0.type"],
    ["no url", withMedia([frame, { type: "last_frame" }]), "Field required: input.media.1.url"],
    ["an unknown type", withMedia([{ ...frame, type: "constructor" }]), "input.media.0.type must be one of"],
    ["no network", withMedia([frame]), "Failed to download https://host.test/a.png"],
    ["a local file", withMedia([{ ...frame, url: "file:///etc/passwd" }]), "url error, please check url!"],
    ["bare Base64", withMedia([{ ...frame, url: "aGVsbG8=" }]), "url error, please check url!"],
    [
      "broken Base64",
      withMedia([{ ...frame, url: "data:image/png;base64,@@@@" }]),
      "url error, please check url!",
    ],
  ])("%s", async (_, body, message) => {
    const { create, query } = await startEmulator(media);
    const reply = await query(await create(body));
    expect(reply).toEqual({
      request_id: expect.any(String),
      output: {
        task_id: expect.any(String),
        task_status: "FAILED",
        code: "InvalidParameter",
        message: expect.stringContaining(message),
      },
    });
  });

  test.each<[string, unknown[]]>([
    ["nothing", []],
    ["a last frame alone", [last]],
    ["sound alone", [audio]],
    ["a last frame and sound", [last, audio]],
    ["a clip and a first frame", [clip, frame]],
    ["a clip and sound", [clip, audio]],
    ["two first frames", [frame, frame]],
    ["a clip, a last frame and sound", [clip, last, audio]],
  ])("an illegal set: %s", async (_, items) => {
    const { create, query } = await startEmulator(media);
    expect(await query(await create(withMedia(items)))).toMatchObject({
      output: { code: "InvalidParameter", message: expect.stringContaining("not a supported combination") },
    });
  });

  test.each<[string, object]>([
    ["resolution", { resolution: "480P" }],
    ["resolution", { resolution: "720p" }],
    ["duration", { duration: 1 }],
    ["duration", { duration: 16 }],
    ["duration", { duration: 2.5 }],
    ["duration", { duration: "5" }],
    ["seed", { seed: -1 }],
    ["seed", { seed: 2_147_483_648 }],
    ["watermark", { watermark: "false" }],
    ["prompt_extend", { prompt_extend: 1 }],
  ])("a wrong %s: %j", async (name, parameters) => {
    const { create, query } = await startEmulator(media);
    expect(await query(await create(await firstFrameBody({ parameters })))).toMatchObject({
      output: {
        task_status: "FAILED",
        code: "InvalidParameter",
        message: expect.stringContaining(`parameters.${name}`),
      },
    });
  });

  const flat = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: "#456" } });
  test.each<[string, () => Promise<string>, string]>([
    ["a side of 239", () => dataUri(flat(239, 400).jpeg()), "InvalidFile.Resolution"],
    ["a side of 8001", () => dataUri(flat(8001, 1200).jpeg()), "InvalidFile.Resolution"],
    ["more than 8:1", () => dataUri(flat(2001, 250).jpeg()), "InvalidFile.AspectRatio"],
    ["more than 1:8", () => dataUri(flat(250, 2001).jpeg()), "InvalidFile.AspectRatio"],
    ["a GIF", () => dataUri(flat(300, 300).gif(), "image/gif"), "InvalidFile.Format"],
    [
      "a PNG with alpha",
      () => dataUri(flat(300, 300).ensureAlpha(0.5).png(), "image/png"),
      "InvalidFile.Format",
    ],
    ["a MIME type that lies", () => dataUri(flat(300, 300).png(), "image/jpeg"), "InvalidParameter"],
    [
      "a file over 20 MB",
      async () =>
        `data:image/png;base64,${Buffer.concat([await flat(300, 300).png().toBuffer(), Buffer.alloc(20 * 2 ** 20)]).toString("base64")}`,
      "InvalidFile.Size",
    ],
    [
      "a cut picture",
      async () => {
        const whole = await makePicture(400, 400).jpeg().toBuffer();
        return `data:image/jpeg;base64,${whole.subarray(0, whole.length / 2).toString("base64")}`;
      },
      "InvalidParameter",
    ],
  ])("a picture out of bounds: %s", async (_, makeUrl, code) => {
    const { create, query } = await startEmulator(media);
    const taskId = await create({
      model: "wan2.7-i2v",
      input: { media: [{ type: "first_frame", url: await makeUrl() }] },
    });
    expect(await query(taskId)).toMatchObject({ output: { task_status: "FAILED", code } });
  });

  test.each<[string, () => Promise<string>]>([
    ["240 × 240", () => dataUri(flat(240, 240).jpeg())],
    ["8:1", () => dataUri(flat(2000, 250).webp(), "image/webp")],
    ["a BMP", async () => `data:image/bmp;base64,${makeBmp(300, 300, () => [9, 9, 9]).toString("base64")}`],
    ["a PNG", () => dataUri(flat(300, 300).png(), "image/png")],
  ])("while a picture at the bounds passes: %s", async (_, makeUrl) => {
    const { create, query, clock } = await startEmulator(media);
    const taskId = await create({
      model: "wan2.7-i2v",
      input: { prompt: "[demo:internal-error]", media: [{ type: "first_frame", url: await makeUrl() }] },
    });
    clock.advance(20_000);
    expect(await query(taskId)).toMatchObject({ output: { task_status: "RUNNING" } });
  });
});

test("a download that is missing, or larger than the limit, fails the task", async () => {
  const large = () => new Response(new Uint8Array(20 * 2 ** 20 + 2));
  const network = async (input: RequestInfo | URL) =>
    String(input).endsWith("large") ? large() : new Response("", { status: 404 });
  const { create, query } = await startEmulator(media, { fetch: network as typeof fetch });
  const body = (url: string) => ({ model: "wan2.7-i2v", input: { media: [{ type: "first_frame", url }] } });
  expect(await query(await create(body("https://host.test/gone")))).toMatchObject({
    output: { code: "InvalidParameter", message: "Failed to download https://host.test/gone" },
  });
  expect(await query(await create(body("https://host.test/large")))).toMatchObject({
    output: { code: "InvalidFile.Size" },
  });
});

test("the submit time is that of the submit, not of the first look", async () => {
  const { create, query, clock } = await startEmulator(media);
  const taskId = await create(await firstFrameBody({ prompt: "[demo:internal-error]" }));
  clock.advance(HOUR_MS);
  const { submit_time, end_time } = (await query(taskId)).output;
  expect(Date.parse(`${submit_time.replace(" ", "T")}+08:00`)).toBe(SUBMITTED_AT);
  expect(Date.parse(`${end_time.replace(" ", "T")}+08:00`) - SUBMITTED_AT).toBeLessThan(110_000);
});
