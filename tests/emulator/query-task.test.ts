import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { DEMO_TIME_SCALE } from "@/lib/emulator/open-emulator-state";
import { makeBmp } from "@/tests/fixtures/media/make-bmp";
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

const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#456" } });

test.each<[string, () => Promise<string>]>([
  ["240 × 240", () => dataUri(flat(240, 240).jpeg())],
  ["8:1", () => dataUri(flat(2000, 250).webp(), "image/webp")],
  ["a BMP", async () => `data:image/bmp;base64,${makeBmp(300, 300, () => [9, 9, 9]).toString("base64")}`],
  ["a PNG", () => dataUri(flat(300, 300).png(), "image/png")],
])("a picture at the bounds passes: %s", async (_, makeUrl) => {
  const { create, query, clock } = await startEmulator(media);
  const taskId = await create({
    model: "wan2.7-i2v",
    input: { prompt: "[demo:internal-error]", media: [{ type: "first_frame", url: await makeUrl() }] },
  });
  clock.advance(20_000);
  expect(await query(taskId)).toMatchObject({ output: { task_status: "RUNNING" } });
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
