import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createEmulator } from "@/lib/emulator/handler";
import {
  firstFrameBody,
  readReply,
  SUBMITTED_AT,
  speakTo,
  startEmulator,
  startMedia,
} from "./start-emulator";

const media = startMedia();
afterAll(() => media.close());

type Studio = Awaited<ReturnType<typeof startEmulator>>;
const FAILS = "[demo:internal-error]";
const PATIENCE = { timeout: 60_000, interval: 50 };

const cancel = async (
  { send }: Pick<Studio, "send">,
  id: string,
  init: RequestInit & { key?: string } = {},
  end = "",
) => readReply(await send(`/api/v1/tasks/${id}/cancel${end}`, { method: "POST", ...init }));
const list = async ({ send }: Pick<Studio, "send">, query = "", key = "sk-test") =>
  (await readReply(await send(`/api/v1/tasks${query}`, { key }))).body;
const tooLate = {
  status: 400,
  body: {
    code: "UnsupportedOperation",
    message: "Failed to cancel the task, please confirm if the task is in PENDING status.",
    request_id: expect.any(String),
  },
};

test("a task that waits is cancelled, says so ever after, and is never rendered", async () => {
  const studio = await startEmulator(media);
  const taskId = await studio.create(await firstFrameBody());
  expect(await cancel(studio, taskId)).toEqual({ status: 200, body: { request_id: expect.any(String) } });
  const cancelled = await studio.query(taskId);
  expect(cancelled).toEqual({
    request_id: expect.any(String),
    output: {
      task_id: taskId,
      task_status: "CANCELED",
      submit_time: "2026-04-13 10:45:47.597",
      end_time: "2026-04-13 10:45:47.597",
    },
  });
  studio.clock.advance(600_000);
  expect((await studio.query(taskId)).output).toEqual(cancelled.output);
  const [listed] = (await list(studio)).data;
  expect([listed.status, listed.start_time, listed.end_time]).toEqual(["CANCELED", undefined, SUBMITTED_AT]);
  const folder = join(studio.dataDir, "tasks", taskId);
  await expect.poll(() => readdir(folder), PATIENCE).not.toContainEqual(expect.stringMatching(/mp4/));

  await studio.emulator.close();
  const { dataDir, clock } = studio;
  const next = createEmulator({ dataDir, media, clock, timeScale: 1, expiryScale: 1 });
  expect((await speakTo(next, clock).query(taskId)).output).toEqual(cancelled.output);
  await next.close();
});

test("a film that is being made for a task is given up when it is cancelled", async () => {
  const studio = await startEmulator(media);
  const taskId = await studio.create(
    await firstFrameBody({ parameters: { duration: 15, resolution: "1080P" } }),
  );
  const folder = join(studio.dataDir, "tasks", taskId);
  await expect.poll(() => readdir(folder), PATIENCE).toContainEqual(expect.stringMatching(/\.tmp$/));
  await cancel(studio, taskId);
  await expect.poll(() => readdir(folder), PATIENCE).not.toContainEqual(expect.stringMatching(/mp4/));
  expect((await studio.query(taskId)).output.task_status).toBe("CANCELED");
});

test("what runs, has ended, is unknown or is another account's cannot be cancelled", async () => {
  const studio = await startEmulator(media);
  const running = await studio.create(await firstFrameBody({ prompt: FAILS }));
  studio.clock.advance(20_000);
  expect(await cancel(studio, running)).toEqual(tooLate);
  studio.clock.advance(100_000);
  expect(await cancel(studio, running)).toEqual(tooLate);
  expect(await cancel(studio, "nobody")).toEqual(tooLate);
  const wrong = await studio.create({ model: "wan2.7-i2v", input: {} });
  expect(await cancel(studio, wrong)).toEqual(tooLate);
  const other = await studio.create(await firstFrameBody({ prompt: FAILS }));
  expect(await cancel(studio, other, { key: "sk-other" })).toEqual(tooLate);
  expect((await cancel(studio, other)).status).toBe(200);
  expect(await cancel(studio, other)).toEqual(tooLate);
});

test("a place that a cancelled task would have taken goes to the next", async () => {
  const studio = await startEmulator(media);
  const body = await firstFrameBody({ prompt: FAILS });
  const ids: string[] = [];
  for (let count = 0; count < 6; count++) {
    ids.push(await studio.create(body));
    studio.clock.advance(500);
  }
  for (const id of ids.slice(0, 3)) expect((await cancel(studio, id)).status).toBe(200);
  studio.clock.advance(20_000);
  expect((await studio.query(ids[5] as string)).output.task_status).toBe("RUNNING");
});

test("twenty cancels and twenty lists a second are answered, and the next is told to wait", async () => {
  const studio = await startEmulator(media);
  const throttled = { status: 429, body: { code: "Throttling.RateQuota" } };
  for (let count = 0; count < 20; count++) expect((await cancel(studio, "nobody")).status).toBe(400);
  expect(await cancel(studio, "nobody")).toMatchObject(throttled);
  for (let count = 0; count < 20; count++) expect((await list(studio)).total).toBe(0);
  expect(await readReply(await studio.send("/api/v1/tasks"))).toMatchObject(throttled);
});

test("the list tells every task in the vendor's keys, with instants in milliseconds", async () => {
  const studio = await startEmulator(media, { region: "cn-beijing" });
  const taskId = await studio.create(await firstFrameBody({ prompt: FAILS }));
  const row = {
    task_id: taskId,
    status: "PENDING",
    model_name: "wan2.7-i2v",
    region: "cn-beijing",
    api_key_id: expect.stringMatching(/^\d+$/),
    caller_uid: expect.stringMatching(/^\d+$/),
    caller_parent_id: expect.stringMatching(/^\d+$/),
    request_id: expect.any(String),
    gmt_create: SUBMITTED_AT,
    user_api_unique_key: "apikey:v1:aigc:video-generation:video-synthesis:wan2.7-i2v",
  };
  expect(await list(studio)).toEqual({
    request_id: expect.any(String),
    total: 1,
    total_page: 1,
    page_no: 1,
    page_size: 10,
    data: [row],
  });
  studio.clock.advance(20_000);
  const running = { ...row, status: "RUNNING", start_time: expect.any(Number) };
  expect((await list(studio)).data).toEqual([running]);
  studio.clock.advance(100_000);
  const [failed] = (await list(studio)).data;
  expect(failed).toEqual({ ...running, status: "FAILED", end_time: expect.any(Number) });
  expect(failed.start_time).toBeGreaterThan(SUBMITTED_AT);
  expect(failed.end_time).toBeGreaterThan(failed.start_time);
});

test("the list and the reply to the create name the same request", async () => {
  const studio = await startEmulator(media);
  const { body } = await readReply(await studio.post(await firstFrameBody({ prompt: FAILS })));
  expect((await list(studio)).data[0].request_id).toBe(body.request_id);
});

test("a keyframes task names its own path", async () => {
  const studio = await startEmulator(media);
  await studio.create({ model: "wan2.2-kf2v-flash", input: {} }, { path: "image2video" });
  expect((await list(studio)).data[0]).toMatchObject({
    status: "FAILED",
    user_api_unique_key: "apikey:v1:aigc:image2video:video-synthesis:wan2.2-kf2v-flash",
  });
});

test("every key of an account lists, looks at and cancels what any of them made; other accounts see nothing", async () => {
  const studio = await startEmulator(media);
  const taskId = await studio.create(await firstFrameBody({ prompt: FAILS }), { key: "sk-me.1" });
  const [mine] = (await list(studio, "", "sk-me.1")).data;
  const [same] = (await list(studio, "", "sk-me.2")).data;
  expect(same).toEqual(mine);
  const second = await studio.create(await firstFrameBody({ prompt: FAILS }), { key: "sk-me.2" });
  const rows = (await list(studio, `?task_id=${second}`, "sk-me.1")).data;
  expect(rows[0].api_key_id).not.toBe(mine.api_key_id);
  expect((await list(studio, `?api_key_id=${mine.api_key_id}`, "sk-me.2")).total).toBe(1);
  expect((await studio.query(taskId, "sk-me.2")).output.task_status).toBe("PENDING");
  expect((await list(studio, "", "sk-you")).total).toBe(0);
  expect((await cancel(studio, taskId, { key: "sk-me.2" })).status).toBe(200);
});

test("the list is filtered, newest first, and cut into pages", async () => {
  const studio = await startEmulator(media);
  const made: string[] = [];
  for (let count = 0; count < 12; count++) {
    const model = count % 3 === 0 ? "wan2.7-i2v-2026-04-25" : "wan2.7-i2v";
    made.push(await studio.create(await firstFrameBody({ prompt: FAILS, model })));
    studio.clock.advance(300);
  }
  await cancel(studio, made[11] as string);
  const ids = async (query: string) => {
    const reply = await list(studio, query);
    return { ...reply, data: reply.data.map((row: { task_id: string }) => row.task_id) };
  };
  const newest = [...made].reverse();
  expect(await ids("")).toMatchObject({
    total: 12,
    total_page: 2,
    page_no: 1,
    page_size: 10,
    data: newest.slice(0, 10),
  });
  expect(await ids("?page_no=2")).toMatchObject({ page_no: 2, data: newest.slice(10) });
  expect(await ids("?page_no=3")).toMatchObject({ total: 12, data: [] });
  expect(await ids("?page_no=2&page_size=5")).toMatchObject({ total_page: 3, data: newest.slice(5, 10) });
  expect(await ids("?model_name=wan2.7-i2v-2026-04-25")).toMatchObject({ total: 4 });
  expect(await ids("?status=CANCELED")).toMatchObject({ total: 1, data: [made[11]] });
  expect(await ids("?status=PENDING")).toMatchObject({ total: 11 });
  expect(await ids(`?task_id=${made[4]}`)).toMatchObject({ total: 1, data: [made[4]] });
  expect(await ids("?region=cn-beijing")).toMatchObject({ total: 0, total_page: 0, data: [] });
});

test("the list looks at a day at most, by clocks in UTC+8, and the day before is gone", async () => {
  const studio = await startEmulator(media);
  // Submitted at 10:45:47.597.
  await studio.create(await firstFrameBody({ prompt: FAILS }));
  const total = async (query: string) => (await list(studio, query)).total;
  expect(await total("?start_time=20260413104547")).toBe(1);
  expect(await total("?start_time=20260413104548")).toBe(0);
  expect(await total("?end_time=20260413104547")).toBe(1);
  expect(await total("?end_time=20260413104546")).toBe(0);
  expect(await total("?start_time=20260413000000&end_time=20260413235959")).toBe(1);
  expect(await total("?start_time=20260412120000&end_time=20260413120000")).toBe(1);
  for (const wrong of [
    "?start_time=20260412104547&end_time=20260413104548",
    "?start_time=20260413104548&end_time=20260413104547",
    "?start_time=2026-04-13",
    "?start_time=20261345000000",
    "?page_no=0",
    "?page_size=many",
  ]) {
    expect(await readReply(await studio.send(`/api/v1/tasks${wrong}`)), wrong).toMatchObject({
      status: 400,
      body: { code: "InvalidParameter" },
    });
  }
  studio.clock.advance(24 * 3_600_000 + 1);
  expect(await list(studio)).toMatchObject({ total: 0 });
});
