import { afterAll, expect, test } from "vitest";
import { firstFrameBody, readReply, startEmulator, startMedia } from "./start-emulator";

const media = startMedia();
afterAll(() => media.close());

const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

test("checks come in the vendor's order: key, async header, JSON, model, and then a task is accepted whatever it holds", async () => {
  const { post } = await startEmulator(media);
  const async = { "x-dashscope-async": "enable" };
  const none = { "x-dashscope-async": "" };
  const good = { authorization: "Bearer sk-1" };
  const steps: [string, Record<string, string>, number, string, string][] = [
    ["{", { authorization: "", ...none }, 401, "InvalidApiKey", "No API-key provided."],
    ["{", { authorization: "Bearer pk-1", ...none }, 401, "InvalidApiKey", "Invalid API-key provided."],
    ["{", { ...good, ...none }, 403, "AccessDenied", "current user api does not support synchronous calls"],
    [
      "{",
      { ...good, ...async },
      400,
      "InvalidParameter",
      "Required body invalid, please check the request body format.",
    ],
    [
      "[]",
      { ...good, ...async },
      400,
      "InvalidParameter",
      "Required body invalid, please check the request body format.",
    ],
    ['{"model":"wan9","input":{}}', { ...good, ...async }, 404, "InvalidParameter", "Model not exist."],
    ['{"model":"toString","input":{}}', { ...good, ...async }, 404, "InvalidParameter", "Model not exist."],
  ];
  for (const [body, headers, status, code, message] of steps) {
    expect(await readReply(await post(body, { headers }))).toEqual({
      status,
      body: { code, message, request_id: uuid },
    });
  }
  expect(await readReply(await post({ model: "wan2.7-i2v", input: {} }))).toEqual({
    status: 200,
    body: { request_id: uuid, output: { task_id: uuid, task_status: "PENDING" } },
  });
});

test.each(["", "/"])("the path is known with %j at its end", async (end) => {
  const { send } = await startEmulator(media);
  const reply = await send(`/api/v1/services/aigc/video-generation/video-synthesis${end}`, {
    method: "POST",
    body: JSON.stringify({ model: "wan2.7-i2v-2026-04-25", input: {} }),
    headers: { "x-dashscope-async": "enable" },
  });
  const { task_id } = (await reply.json()).output;
  expect((await (await send(`/api/v1/tasks/${task_id}${end}`)).json()).output.task_id).toBe(task_id);
});

test("an unknown path, and a known one by another verb, are 404 in JSON", async () => {
  const { send } = await startEmulator(media);
  for (const path of [
    "/api/v1/nothing",
    "/api/v1/services/aigc/video-generation/video-synthesis",
    "/api/v1/tasks/some-id/cancel",
    "/api/v1/tasks/some-id/else",
  ]) {
    expect(await readReply(await send(path))).toMatchObject({ status: 404, body: { code: "NotFound" } });
  }
});

test("a client with a wrong base address is told, in JSON, where the vendors are", async () => {
  const { send } = await startEmulator(media);
  for (const path of ["/", "/compatible-mode/v1/chat/completions", "/tasks/some-id"]) {
    expect(await readReply(await send(path))).toMatchObject({
      status: 404,
      body: { code: "NotFound", message: expect.stringContaining("DashScope is at /api/v1") },
    });
  }
});

test("what the vendor's SDKs add is tolerated", async () => {
  const { create, query } = await startEmulator(media);
  const body = await firstFrameBody();
  const taskId = await create({
    ...body,
    parameters: { ...body.parameters, size: null, with_audio: false, shot_type: "multi" },
    input: { ...body.input, prompt: null, extend_prompt: true, function: "video-synthesis" },
  });
  expect(await query(taskId)).toMatchObject({ output: { task_status: "PENDING" } });
});

test("a body beyond the limit is refused while it streams, without being held", async () => {
  const { emulator } = await startEmulator(media);
  let sentMb = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sentMb++;
      controller.enqueue(new Uint8Array(2 ** 20).fill(32));
    },
  });
  const reply = await emulator.handler(
    new Request("https://vendor.test/api/v1/services/aigc/video-generation/video-synthesis", {
      method: "POST",
      headers: { authorization: "Bearer sk-1", "x-dashscope-async": "enable" },
      body: endless,
      duplex: "half",
    } as RequestInit),
  );
  expect(await readReply(reply)).toMatchObject({ status: 400, body: { code: "BadRequest.TooLarge" } });
  expect(sentMb).toBeLessThan(70);
});

test("five submits a second are taken for each model and account, and the sixth is told to wait", async () => {
  const { post, clock } = await startEmulator(media);
  const body = { model: "wan2.7-i2v", input: {} };
  const refused = {
    status: 429,
    body: {
      code: "Throttling.RateQuota",
      message: "Requests rate limit exceeded, please try again later.",
      request_id: uuid,
    },
  };
  for (let submit = 0; submit < 5; submit++) expect((await post(body)).status).toBe(200);
  expect(await readReply(await post(body))).toEqual(refused);
  expect((await post({ ...body, model: "wan2.7-i2v-2026-04-25" })).status).toBe(200);
  expect((await post(body, { key: "sk-other" })).status).toBe(200);
  clock.advance(1000);
  expect((await post(body)).status).toBe(200);
});

test("a prompt can ask to be refused at once", async () => {
  const { post } = await startEmulator(media);
  const reply = await readReply(
    await post(await firstFrameBody({ prompt: "a boat [demo:refused-at-create]" })),
  );
  expect(reply).toMatchObject({
    status: 400,
    body: { code: "DataInspectionFailed", message: "Input data may contain inappropriate content." },
  });
});

test("a prompt can ask to be throttled: twice for each prompt, then it passes", async () => {
  const { post } = await startEmulator(media);
  const body = await firstFrameBody({ prompt: "[demo:throttled] a boat" });
  const statuses: number[] = [];
  for (let submit = 0; submit < 3; submit++) statuses.push((await post(body)).status);
  expect(statuses).toEqual([429, 429, 200]);
});
