import { afterEach, beforeEach, expect, it } from "vitest";
import { createEmulator } from "@/lib/emulator/handler";
import { createDashScope } from "@/lib/server/providers/dashscope/client";
import type { ListedTask, TaskFilter } from "@/lib/server/providers/provider";
import { jpegPicture } from "@/tests/support/pictures";
import { openTestStudio, type TestStudio, testMedia } from "@/tests/support/test-studio";

const BASE_URL = "https://vendor.test/api/v1";
const HOUR_MS = 3_600_000;
const never = new AbortController().signal;

let studio: TestStudio;
let emulator: ReturnType<typeof createEmulator>;
let provider: ReturnType<typeof createDashScope>;
/** Of the last create's reply. */
let requestId: string;

beforeEach(async () => {
  studio = await openTestStudio();
  emulator = createEmulator({
    dataDir: studio.incoming.pathFor("emulator"),
    media: testMedia(),
    clock: studio.clock,
    timeScale: 1,
    expiryScale: 1,
  });
  provider = createDashScope({
    baseUrl: BASE_URL,
    region: "ap-southeast-1",
    apiKey: "sk-list",
    fetch: async (input, init) => {
      const reply = await emulator.handler(new Request(input, init));
      if (init?.method === "POST") requestId = (await reply.clone().json()).request_id;
      return reply;
    },
    now: studio.clock.now,
  });
});
afterEach(async () => {
  await emulator.close();
  await studio.remove();
});

/** A task of this model; with no input it fails at the first look, and costs the test nothing. */
async function make(model: string, input: object = {}): Promise<string> {
  studio.clock.advance(600);
  const path = model.includes("kf2v") ? "image2video" : "video-generation";
  const { taskId } = await provider.start(
    {
      url: `${BASE_URL}/services/aigc/${path}/video-synthesis`,
      headers: { "Content-Type": "application/json", "X-DashScope-Async": "enable" },
      body: JSON.stringify({ model, input, parameters: { resolution: "720P", duration: 2 } }),
      sent: {},
    },
    never,
  );
  return taskId;
}

async function firstFrame(prompt: string): Promise<object> {
  const url = `data:image/jpeg;base64,${(await jpegPicture(320, 240)).toString("base64")}`;
  return { prompt, media: [{ type: "first_frame", url }] };
}

async function list(filter: TaskFilter = {}) {
  return (await provider.list?.(filter, never)) ?? expect.fail("it has a list");
}

it("tells each status with its times in epoch milliseconds, its model and the request that made it", async () => {
  const rows: Record<string, Pick<ListedTask, "createdAt" | "requestId">> = {};
  async function note(prompt: string): Promise<string> {
    const taskId = await make("wan2.7-i2v", await firstFrame(prompt));
    rows[taskId] = { createdAt: studio.clock.now(), requestId };
    return taskId;
  }
  const waiting = await note("[demo:waiting]");
  const withdrawn = await note("[demo:waiting] too");
  const stuck = await note("[demo:stuck]");
  const broken = await note("[demo:internal-error]");
  const done = await note("a boat");
  expect(await provider.cancel?.({ taskId: withdrawn }, never)).toBe("cancelled");
  studio.clock.advance(10 * 60_000);
  await expect
    .poll(
      async () => {
        studio.clock.advance(1_000);
        return (await provider.check({ taskId: done }, never)).kind;
      },
      { timeout: 50_000, interval: 100 },
    )
    .toBe("succeeded");

  const { tasks, pageCount } = await list();
  expect(pageCount).toBe(1);
  const of = (id: string) => tasks.find(({ taskId }) => taskId === id);
  for (const [taskId, row] of Object.entries(rows))
    expect(of(taskId)).toMatchObject({ ...row, modelName: "wan2.7-i2v" });
  expect(of(waiting)).toMatchObject({ word: "PENDING", startedAt: null, endedAt: null });
  expect(of(withdrawn)).toMatchObject({ word: "CANCELED", startedAt: null, endedAt: rows[done]?.createdAt });
  expect(of(stuck)).toMatchObject({ word: "RUNNING", endedAt: null });
  expect(of(broken)).toMatchObject({ word: "FAILED" });
  expect(of(done)).toMatchObject({ word: "SUCCEEDED" });
  for (const id of [broken, done]) {
    const { createdAt = null, startedAt = null, endedAt = null } = of(id) ?? {};
    const times = [createdAt, startedAt, endedAt, studio.clock.now()];
    expect(times).toEqual(times.toSorted((left, right) => Number(left) - Number(right)));
    expect(Number(startedAt)).toBeGreaterThan(Number(createdAt));
    expect(Number(endedAt)).toBeGreaterThan(Number(startedAt));
  }
});

it("is filtered by model, status and task", async () => {
  const first = await make("wan2.7-i2v");
  const keyframes = await make("wan2.2-kf2v-flash");
  const waiting = await make("wan2.7-i2v", await firstFrame("[demo:waiting]"));
  const ids = async (filter: TaskFilter) => (await list(filter)).tasks.map(({ taskId }) => taskId).sort();
  expect(await ids({})).toEqual([first, keyframes, waiting].sort());
  expect(await ids({ modelName: "wan2.2-kf2v-flash" })).toEqual([keyframes]);
  expect(await ids({ word: "PENDING" })).toEqual([waiting]);
  expect(await ids({ word: "FAILED", modelName: "wan2.7-i2v" })).toEqual([first]);
  expect(await ids({ taskId: first })).toEqual([first]);
  expect(await list({ taskId: "nobody" })).toEqual({ tasks: [], pageCount: 0 });
});

it("shows every task once over its pages", async () => {
  const made: string[] = [];
  for (let count = 0; count < 103; count += 1) made.push(await make("wan2.7-i2v"));
  const first = await list();
  expect([first.pageCount, first.tasks.length]).toEqual([2, 100]);
  const second = await list({ page: 2 });
  expect([second.pageCount, second.tasks.length]).toEqual([2, 3]);
  const seen = [...first.tasks, ...second.tasks].map(({ taskId }) => taskId);
  expect(seen.sort()).toEqual(made.sort());
});

it("goes back 24 hours and no further", async () => {
  const old = await make("wan2.7-i2v");
  studio.clock.advance(24 * HOUR_MS - 1);
  expect((await list()).tasks.map(({ taskId }) => taskId)).toEqual([old]);
  studio.clock.advance(2);
  expect(await list()).toEqual({ tasks: [], pageCount: 0 });
});

it("waits when it asked too often, as the vendor's limit of 20 a second has it", async () => {
  for (let count = 0; count < 20; count += 1) await list();
  await expect(list()).rejects.toMatchObject({ isRetryable: true, failure: { kind: "throttled" } });
  studio.clock.advance(1_000);
  expect((await list()).tasks).toEqual([]);
});
