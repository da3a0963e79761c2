import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { scenarios } from "@/lib/emulator/scenarios";
import { createHttpServer } from "@/lib/emulator/serve-http";
import { firstFrameBody, KEY, readReply, startEmulator, startMedia } from "./start-emulator";

const media = startMedia();
afterAll(() => media.close());

const FOREVER_MS = 23 * 3_600_000;

test("every marker is told with what it does, once, and none is the beginning of another", () => {
  const markers = scenarios.map(({ marker }) => marker);
  expect(new Set(markers).size).toBe(markers.length);
  for (const { marker, meaning } of scenarios) {
    expect(marker).toMatch(/^\[demo:[a-z-]+\]$/);
    expect(meaning).not.toBe("");
    expect(markers.filter((other) => other.includes(marker))).toEqual([marker]);
  }
});

test("a result that is gone is 404 at its address, one that has run out 403, each in the store's words", async () => {
  const { create, untilStatus, query, clock, emulator } = await startEmulator(media);
  const ids = [];
  for (const marker of ["[demo:result-gone]", "[demo:result-expired]"]) {
    ids.push(await create(await firstFrameBody({ prompt: marker })));
  }
  await Promise.all(ids.map((id) => query(id)));
  clock.advance(300_000);
  const replies = [];
  for (const id of ids) {
    const { output } = await untilStatus(id, "SUCCEEDED");
    const reply = await emulator.handler(new Request(output.video_url));
    replies.push([reply.status, /<Code>(.*)<\/Code>/.exec(await reply.text())?.[1]]);
  }
  expect(replies).toEqual([
    [404, "NoSuchKey"],
    [403, "AccessDenied"],
  ]);
});

test("a connection cut at create leaves a task that the list knows, and a caller without an answer", async () => {
  const { post, send, query } = await startEmulator(media);
  await expect(post(await firstFrameBody({ prompt: "[demo:cut] a boat" }))).rejects.toThrow("fetch failed");
  const { body } = await readReply(await send("/api/v1/tasks"));
  expect(body.total).toBe(1);
  expect((await query(body.data[0].task_id)).output.task_status).toBe("PENDING");
});

test("served over HTTP, the cut is one of the socket: no status line comes", async () => {
  const { emulator } = await startEmulator(media);
  const server = createHttpServer(emulator.handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
  const headers = { authorization: `Bearer ${KEY}`, "x-dashscope-async": "enable" };
  const creating = fetch(`${base}/services/aigc/video-generation/video-synthesis`, {
    method: "POST",
    headers,
    body: JSON.stringify(await firstFrameBody({ prompt: "[demo:cut]" })),
  });
  await expect(creating).rejects.toThrow("fetch failed");
  expect((await (await fetch(`${base}/tasks`, { headers })).json()).total).toBe(1);
});

test("garbage at create is a web page with 200 for a task that exists", async () => {
  const { post, send } = await startEmulator(media);
  const reply = await post(await firstFrameBody({ prompt: "[demo:garbage-at-create]" }));
  expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "text/html"]);
  expect(await reply.text()).toContain("<html>");
  expect((await readReply(await send("/api/v1/tasks"))).body.total).toBe(1);
});

test.each([
  ["[demo:garbage]", "text/html"],
  ["[demo:half-json]", "application/json"],
])("with %s three looks cannot be read, and the fourth can", async (marker, contentType) => {
  const { create, send } = await startEmulator(media);
  const taskId = await create(await firstFrameBody({ prompt: marker }));
  for (let look = 0; look < 3; look++) {
    const reply = await send(`/api/v1/tasks/${taskId}`);
    expect([reply.status, reply.headers.get("content-type")]).toEqual([200, contentType]);
    const text = await reply.text();
    expect(() => JSON.parse(text)).toThrow();
  }
  expect((await readReply(await send(`/api/v1/tasks/${taskId}`))).body.output.task_status).toBe("PENDING");
});

test("a stuck task runs until the vendor forgets it, and a waiting one waits without standing in the way", async () => {
  const { create, query, clock, send } = await startEmulator(media);
  const waiting = await create(await firstFrameBody({ prompt: "[demo:waiting]" }));
  const stuck = await create(await firstFrameBody({ prompt: "[demo:stuck]" }));
  const usual = await create(await firstFrameBody({ prompt: "[demo:internal-error]" }));
  const states = async () =>
    Promise.all([waiting, stuck, usual].map(async (id) => (await query(id)).output.task_status));
  clock.advance(20_000);
  expect(await states()).toEqual(["PENDING", "RUNNING", "RUNNING"]);
  clock.advance(FOREVER_MS);
  expect(await states()).toEqual(["PENDING", "RUNNING", "FAILED"]);
  expect((await send(`/api/v1/tasks/${waiting}/cancel`, { method: "POST" })).status).toBe(200);
  clock.advance(2 * 3_600_000);
  expect(await states()).toEqual(["UNKNOWN", "UNKNOWN", "UNKNOWN"]);
});

test("an unlisted status stands where RUNNING would, and the task still ends", async () => {
  const { create, query, clock, untilStatus } = await startEmulator(media);
  const taskId = await create(await firstFrameBody({ prompt: "[demo:unlisted-status]" }));
  expect((await query(taskId)).output.task_status).toBe("PENDING");
  clock.advance(20_000);
  expect((await query(taskId)).output.task_status).toBe("SUSPENDED");
  clock.advance(200_000);
  await untilStatus(taskId, "SUCCEEDED");
});

test("the content check can refuse what was made, late and in words of its own", async () => {
  const { create, query, clock } = await startEmulator(media);
  const taskId = await create(await firstFrameBody({ prompt: "[demo:refused-output]" }));
  clock.advance(40_000);
  expect((await query(taskId)).output.task_status).toBe("RUNNING");
  clock.advance(100_000);
  expect((await query(taskId)).output).toMatchObject({
    code: "DataInspectionFailed",
    message: "Output data may contain inappropriate content.",
  });
});

test("a slow task still runs when any other would have ended", async () => {
  const { create, query, clock } = await startEmulator(media);
  const taskId = await create(await firstFrameBody({ prompt: "[demo:slow]" }));
  await query(taskId);
  clock.advance(300_000);
  expect((await query(taskId)).output.task_status).toBe("RUNNING");
});
