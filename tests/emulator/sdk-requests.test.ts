import { afterAll, describe, expect, test } from "vitest";
import {
  type Answer,
  CREATE,
  CREATE_KEYFRAMES,
  GET_HEADERS,
  POST_HEADERS,
  pythonBody,
  type Reply,
  serve,
} from "./sdk-wire";
import { dataUri, startMedia } from "./start-emulator";

const media = startMedia();
afterAll(() => media.close());

describe("addressing", () => {
  test("plain http on a loopback port with /api/v1 is a base address", async () => {
    const { send } = await serve(media);
    expect((await send("POST", CREATE, POST_HEADERS, await pythonBody())).status).toBe(200);
  });

  test("a model with kf2v in its name goes to image2video, every other to video-generation", async () => {
    const { send } = await serve(media);
    const url = await dataUri();
    const keyframes = await pythonBody({
      model: "wan2.2-kf2v-flash",
      input: {
        prompt: null,
        extend_prompt: true,
        function: "video-synthesis",
        first_frame_url: url,
        last_frame_url: url,
      },
    });
    expect((await send("POST", CREATE_KEYFRAMES, POST_HEADERS, keyframes)).status).toBe(200);
    const flat = await pythonBody({ model: "wan2.6-i2v-flash", input: { prompt: "x", img_url: url } });
    expect((await send("POST", CREATE, POST_HEADERS, flat)).status).toBe(200);
  });

  test("query, cancel with an empty body and list", async () => {
    const { send } = await serve(media);
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, await pythonBody())).json().output;
    expect((await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).json().output.task_id).toBe(task_id);
    expect((await send("GET", "/api/v1/tasks?page_no=1&page_size=10", GET_HEADERS)).json().total).toBe(1);
    const headers = { ...GET_HEADERS, "Content-Length": "0" };
    expect((await send("POST", `/api/v1/tasks/${task_id}/cancel`, headers)).status).toBe(200);
  });

  test("the async class puts a slash at the end of each, and a body into its cancel", async () => {
    const { send } = await serve(media);
    const { task_id } = (await send("POST", `${CREATE}/`, POST_HEADERS, await pythonBody())).json().output;
    expect((await send("GET", `/api/v1/tasks/${task_id}/`, GET_HEADERS)).json().output.task_id).toBe(task_id);
    expect((await send("GET", "/api/v1/tasks/?page_no=1", GET_HEADERS)).json().total).toBe(1);
    const body = '{"model":"","parameters":{},"input":""}';
    expect((await send("POST", `/api/v1/tasks/${task_id}/cancel/`, POST_HEADERS, body)).status).toBe(200);
  });
});

describe("the create request as sent", () => {
  test("a null prompt, extend_prompt and function in the input are let pass, and empty parameters are the defaults", async () => {
    const { send } = await serve(media);
    const input = {
      prompt: null,
      extend_prompt: true,
      function: "video-synthesis",
      media: [{ type: "first_frame", url: await dataUri() }],
    };
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, await pythonBody({ input }))).json().output;
    expect((await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).json().output.task_status).toBe(
      "PENDING",
    );
  });

  test("every keyword of the SDK may stand in the parameters, null or not", async () => {
    const { send } = await serve(media);
    const parameters = {
      size: "1280*720",
      duration: 5,
      seed: 1,
      prompt_extend: true,
      watermark: false,
      resolution: "720P",
      ratio: "16:9",
      shot_type: null,
      audio_setting: "auto",
      audio: false,
      with_audio: false,
      anything: { at: ["all"] },
    };
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, await pythonBody({ parameters }))).json()
      .output;
    expect((await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).json().output.task_status).toBe(
      "PENDING",
    );
  });

  test("media without any address are left out by the SDK, and the task says what is missing", async () => {
    const { send } = await serve(media);
    const input = { prompt: "x", extend_prompt: true, function: "video-synthesis" };
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, await pythonBody({ input }))).json().output;
    expect((await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).json().output).toMatchObject({
      task_status: "FAILED",
      message: "Field required: input.media",
    });
  });

  test("an empty template or negative prompt is none, as where the SDK leaves them out", async () => {
    const { send } = await serve(media);
    const input = {
      prompt: "[demo:internal-error]",
      negative_prompt: "",
      template: "",
      img_url: await dataUri(),
    };
    const body = await pythonBody({ model: "wan2.1-i2v-turbo", input });
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, body)).json().output;
    const { output } = (await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).json();
    expect(output.task_status).toBe("PENDING");
  });

  test("a workspace and a data inspection header are let pass", async () => {
    const { send } = await serve(media);
    const headers = {
      ...POST_HEADERS,
      "X-DashScope-WorkSpace": "ws-1",
      "X-DashScope-DataInspection": "enable",
    };
    expect((await send("POST", CREATE, headers, await pythonBody())).status).toBe(200);
  });

  test("a look needs neither a content type nor the async header", async () => {
    const { send } = await serve(media);
    expect((await send("GET", "/api/v1/tasks/nobody", { Authorization: "Bearer sk-python" })).status).toBe(
      200,
    );
  });
});

describe("replies as read", () => {
  test("a create is 200 with both task_id and task_status, and nothing else in its output", async () => {
    const { send } = await serve(media);
    const reply = await send("POST", CREATE, POST_HEADERS, await pythonBody());
    expect(reply.status).toBe(200);
    expect(Object.keys(reply.json())).toEqual(["request_id", "output"]);
    expect(Object.keys(reply.json().output).sort()).toEqual(["task_id", "task_status"]);
  });

  test("an error is a real 4xx in application/json with code, message and request_id, and no output", async () => {
    const { send } = await serve(media);
    const wrong: [number, Promise<Reply>][] = [
      [401, send("POST", CREATE, { ...POST_HEADERS, Authorization: "Bearer nonsense" }, await pythonBody())],
      [403, send("POST", CREATE, { ...POST_HEADERS, "X-DashScope-Async": "" }, await pythonBody())],
      [400, send("POST", CREATE, POST_HEADERS, "{")],
      [404, send("POST", CREATE, POST_HEADERS, await pythonBody({ model: "wan9" }))],
      [404, send("GET", "/api/v1/nowhere", GET_HEADERS)],
      [400, send("POST", "/api/v1/tasks/nobody/cancel", GET_HEADERS)],
      [400, send("GET", "/api/v1/uploads?model=wan2.7-i2v", GET_HEADERS)],
    ];
    for (const [status, sending] of wrong) {
      const reply = await sending;
      expect(reply.status).toBe(status);
      expect(reply.headers["content-type"]).toContain("application/json");
      expect(Object.keys(reply.json()).sort()).toEqual(["code", "message", "request_id"]);
    }
  });

  test("a look is exactly HTTP 200 with task_id and task_status, in every state, and has no video_url before success", async () => {
    const { send, clock } = await serve(media);
    const start = async () =>
      (await send("POST", CREATE, POST_HEADERS, await pythonBody())).json().output.task_id;
    const [id, cancelled] = [await start(), await start()];
    await send("POST", `/api/v1/tasks/${cancelled}/cancel`, GET_HEADERS);
    const look = async (taskId: string) => {
      const reply = await send("GET", `/api/v1/tasks/${taskId}`, GET_HEADERS);
      const { output, usage } = reply.json();
      expect([reply.status, output.task_id, usage]).toEqual([200, taskId, undefined]);
      expect(output).not.toHaveProperty("video_url");
      return output.task_status;
    };
    const words = [await look(id)];
    for (const waitMs of [20_000, 100_000]) {
      clock.advance(waitMs);
      words.push(await look(id));
    }
    expect([...words, await look(cancelled), await look("nobody")]).toEqual([
      "PENDING",
      "RUNNING",
      "FAILED",
      "CANCELED",
      "UNKNOWN",
    ]);
  });

  test("a failed task is HTTP 200 with its code in the output, and the reply has no code of its own", async () => {
    const { send } = await serve(media);
    const made = await send("POST", CREATE, POST_HEADERS, await pythonBody({ input: { prompt: "x" } }));
    const reply = await send("GET", `/api/v1/tasks/${made.json().output.task_id}`, GET_HEADERS);
    expect(reply.status).toBe(200);
    expect(Object.keys(reply.json())).toEqual(["request_id", "output"]);
    expect(reply.json().output).toMatchObject({
      task_status: "FAILED",
      code: "InvalidParameter",
      message: expect.any(String),
    });
  });

  test("usage has the model's own keys and never a video_duration beside them, which SDKs add themselves", async () => {
    const { send, clock } = await serve(media);
    const input = { prompt: "x", img_url: await dataUri() };
    const parameters = { resolution: "720P", duration: 2 };
    const body = await pythonBody({ model: "wan2.6-i2v", input, parameters });
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, body)).json().output;
    await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS);
    clock.advance(300_000);
    let last: Answer | undefined;
    await expect
      .poll(
        async () => {
          clock.advance(100);
          last = (await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).json();
          return last.output.task_status;
        },
        { timeout: 60_000, interval: 50 },
      )
      .toBe("SUCCEEDED");
    // The Java SDK reads SR as text and the lengths as floating numbers; on the wire they are whole numbers.
    expect(last?.usage).toEqual({
      duration: 2,
      input_video_duration: 0,
      output_video_duration: 2,
      video_count: 1,
      SR: 720,
    });
    expect(last?.output.video_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/results\/.*Expires=\d+/);
  });
});
