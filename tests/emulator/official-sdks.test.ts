import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { createHttpServer } from "@/lib/emulator/serve-http";
import { makePicture } from "@/tests/fixtures/media/make-picture";
import { dataUri, startEmulator, startMedia } from "./start-emulator";

// What the vendor's Python SDK 1.26.2, its Java SDK and two other clients send and rely on, over real HTTP, with each
// request spelt as they spell it. The Python SDK itself is not installed here.

const media = startMedia();
afterAll(() => media.close());

type Reply = {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  json: () => Answer;
};
type Answer = {
  output: Record<string, unknown> & { task_id: string; task_status: string };
  usage?: Record<string, unknown>;
  data: Record<string, string>;
  code?: string;
  message?: string;
  request_id?: string;
  total?: number;
};

/** The emulator behind a socket, and a client that sends exactly what it is told. */
async function serve(change = {}) {
  const studio = await startEmulator(media, change);
  const server = createHttpServer(studio.emulator.handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const send = (method: string, path: string, headers: Record<string, string>, body?: string | Buffer) =>
    new Promise<Reply>((resolve, reject) => {
      const outgoing = request(new URL(path, origin), { method, headers }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk) => chunks.push(chunk));
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            json: () => JSON.parse(text),
          });
        });
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  return { ...studio, origin, send };
}

const AGENT = "dashscope/1.26.2; python/3.11.9; platform/Linux-6.1-x86_64; processor/x86_64";
const GET_HEADERS = {
  Accept: "application/json; charset=utf-8",
  Authorization: "Bearer sk-python",
  "user-agent": AGENT,
};
const POST_HEADERS = {
  ...GET_HEADERS,
  "X-DashScope-Async": "enable",
  "Content-Type": "application/json; charset=utf-8",
};
const CREATE = "/api/v1/services/aigc/video-generation/video-synthesis";
const CREATE_KEYFRAMES = "/api/v1/services/aigc/image2video/video-synthesis";

/** In the SDK's own order of keys: model, parameters, input. */
async function pythonBody(change: { model?: string; parameters?: object; input?: object } = {}) {
  return JSON.stringify({
    model: change.model ?? "wan2.7-i2v",
    parameters: change.parameters ?? {},
    input: change.input ?? {
      prompt: "[demo:internal-error]",
      extend_prompt: true,
      function: "video-synthesis",
      media: [{ type: "first_frame", url: await dataUri() }],
    },
  });
}

describe("addressing (11.1)", () => {
  test("plain http on a loopback port with /api/v1 is a base address", async () => {
    const { send } = await serve();
    expect((await send("POST", CREATE, POST_HEADERS, await pythonBody())).status).toBe(200);
  });

  test("a model with kf2v in its name goes to image2video, every other to video-generation", async () => {
    const { send } = await serve();
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
    const { send } = await serve();
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, await pythonBody())).json().output;
    expect((await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).json().output.task_id).toBe(task_id);
    expect((await send("GET", "/api/v1/tasks?page_no=1&page_size=10", GET_HEADERS)).json().total).toBe(1);
    const headers = { ...GET_HEADERS, "Content-Length": "0" };
    expect((await send("POST", `/api/v1/tasks/${task_id}/cancel`, headers)).status).toBe(200);
  });

  test("the async class puts a slash at the end of each, and a body into its cancel", async () => {
    const { send } = await serve();
    const { task_id } = (await send("POST", `${CREATE}/`, POST_HEADERS, await pythonBody())).json().output;
    expect((await send("GET", `/api/v1/tasks/${task_id}/`, GET_HEADERS)).json().output.task_id).toBe(task_id);
    expect((await send("GET", "/api/v1/tasks/?page_no=1", GET_HEADERS)).json().total).toBe(1);
    const body = '{"model":"","parameters":{},"input":""}';
    expect((await send("POST", `/api/v1/tasks/${task_id}/cancel/`, POST_HEADERS, body)).status).toBe(200);
  });
});

describe("the create request as sent (11.2)", () => {
  test("a null prompt, extend_prompt and function in the input are let pass, and empty parameters are the defaults", async () => {
    const { send } = await serve();
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
    const { send } = await serve();
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

  test("a workspace and a data inspection header are let pass", async () => {
    const { send } = await serve();
    const headers = {
      ...POST_HEADERS,
      "X-DashScope-WorkSpace": "ws-1",
      "X-DashScope-DataInspection": "enable",
    };
    expect((await send("POST", CREATE, headers, await pythonBody())).status).toBe(200);
  });

  test("a look needs neither a content type nor the async header", async () => {
    const { send } = await serve();
    expect((await send("GET", "/api/v1/tasks/nobody", { Authorization: "Bearer sk-python" })).status).toBe(
      200,
    );
  });
});

describe("replies as read (11.3)", () => {
  test("a create is 200 with both task_id and task_status, and nothing else in its output", async () => {
    const { send } = await serve();
    const reply = await send("POST", CREATE, POST_HEADERS, await pythonBody());
    expect(reply.status).toBe(200);
    expect(Object.keys(reply.json())).toEqual(["request_id", "output"]);
    expect(Object.keys(reply.json().output).sort()).toEqual(["task_id", "task_status"]);
  });

  test("an error is a real 4xx in application/json with code, message and request_id, and no output", async () => {
    const { send } = await serve();
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

  test("a failed task is HTTP 200 with its code in the output, and the reply has no code of its own", async () => {
    const { send } = await serve();
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
    const { send, clock } = await serve();
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

describe("waiting (11.4)", () => {
  test("two looks within the first second are answered, as are the twenty of an impatient one", async () => {
    const { send } = await serve();
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, await pythonBody())).json().output;
    for (let look = 0; look < 20; look++) {
      expect((await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).status).toBe(200);
    }
  });

  test.each([
    ["FAILED", { input: {} }],
    ["CANCELED", {}],
    ["UNKNOWN", {}],
  ])("%s is a word that ends the wait", async (word, change) => {
    const { send } = await serve();
    const made = (await send("POST", CREATE, POST_HEADERS, await pythonBody(change))).json().output.task_id;
    if (word === "CANCELED") await send("POST", `/api/v1/tasks/${made}/cancel`, GET_HEADERS);
    const id = word === "UNKNOWN" ? "nobody" : made;
    expect((await send("GET", `/api/v1/tasks/${id}`, GET_HEADERS)).json().output.task_status).toBe(word);
  });

  test("too many starts are 429 with a code, which ends the wait of the SDK", async () => {
    const { send } = await serve();
    for (let count = 0; count < 5; count++) await send("POST", CREATE, POST_HEADERS, await pythonBody());
    const reply = await send("POST", CREATE, POST_HEADERS, await pythonBody());
    expect([reply.status, reply.json().code]).toEqual([429, "Throttling.RateQuota"]);
  });
});

describe("local files (11.5)", () => {
  const boundary = "ea9f1d7a2c";
  const part = (name: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

  /** The form in the SDK's order and with its headers: no Authorization, one file, last. */
  async function upload({ send }: Awaited<ReturnType<typeof serve>>, policy: Record<string, string>) {
    const key = `${policy.upload_dir}/frame.png`;
    const fields = {
      OSSAccessKeyId: policy.oss_access_key_id,
      Signature: policy.signature,
      policy: policy.policy,
      key,
      "x-oss-object-acl": policy.x_oss_object_acl,
      "x-oss-forbid-overwrite": policy.x_oss_forbid_overwrite,
      success_action_status: "200",
      "x-oss-content-type": "image/png",
    };
    const head = Object.entries(fields).map(([name, value]) => part(name, String(value)));
    const file = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="frame.png"\r\nContent-Type: image/png\r\n\r\n`;
    const body = Buffer.concat([
      Buffer.from(head.join("") + file),
      await makePicture(320, 240).png().toBuffer(),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    const headers = {
      "user-agent": AGENT,
      Accept: "application/json",
      Date: new Date().toUTCString(),
      "Content-Type": `multipart/form-data; boundary=${boundary}`,
      "Content-Length": String(body.length),
    };
    return { key, reply: await send("POST", String(policy.upload_host), headers, body) };
  }

  const policyOf = async ({ send }: Awaited<ReturnType<typeof serve>>) =>
    (await send("GET", "/api/v1/uploads?action=getPolicy&model=wan2.7-i2v", GET_HEADERS)).json().data;

  test("a policy is 200 with its data, for a host that may be this one over plain http", async () => {
    const served = await serve();
    const policy = await policyOf(served);
    expect(policy.upload_host).toBe(`${served.origin}/uploads`);
    expect(policy.x_oss_forbid_overwrite).toBe("true");
  });

  test("the form is answered 200 with an empty body, and its oss:// address is good with the resolve header only", async () => {
    const served = await serve();
    const { key, reply } = await upload(served, await policyOf(served));
    expect([reply.status, reply.text]).toEqual([200, ""]);
    const input = { prompt: "[demo:internal-error]", media: [{ type: "first_frame", url: `oss://${key}` }] };
    const body = await pythonBody({ input });
    const headers = { ...POST_HEADERS, "X-DashScope-OssResourceResolve": "enable" };
    const made = (await served.send("POST", CREATE, headers, body)).json().output.task_id;
    expect((await served.send("GET", `/api/v1/tasks/${made}`, GET_HEADERS)).json().output.task_status).toBe(
      "PENDING",
    );
    const refused = await served.send("POST", CREATE, POST_HEADERS, body);
    expect([refused.status, refused.json().code]).toEqual([400, "InvalidParameter.DataInspection"]);
  });

  test("ten files go up at once, one policy each", async () => {
    const served = await serve();
    const uploads = await Promise.all(
      Array.from({ length: 10 }, async () => upload(served, await policyOf(served))),
    );
    expect(uploads.map(({ reply }) => reply.status)).toEqual(Array(10).fill(200));
    expect(new Set(uploads.map(({ key }) => key)).size).toBe(10);
  });

  test("policies are given a hundred times a second for each model, and then not", async () => {
    const { send } = await serve();
    const ask = async (model: string) =>
      (await send("GET", `/api/v1/uploads?action=getPolicy&model=${model}`, GET_HEADERS)).status;
    for (let count = 0; count < 100; count++) expect(await ask("wan2.7-i2v")).toBe(200);
    expect(await ask("wan2.7-i2v")).toBe(429);
    expect(await ask("wan2.6-i2v")).toBe(200);
  });
});

describe("other clients (11.6)", () => {
  test("Java's constant extras are let pass, and do not make a film silent", async () => {
    const { send } = await serve();
    const input = { prompt: "[demo:internal-error]", extend_prompt: true, img_url: await dataUri() };
    const body = await pythonBody({ model: "wan2.6-i2v", input, parameters: { with_audio: false } });
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, body)).json().output;
    expect((await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).json().output.task_status).toBe(
      "PENDING",
    );
  });

  test("Vercel's bare Base64 in img_url is a picture; for wan2.7 it hears which field is missing", async () => {
    const { send } = await serve();
    const input = { prompt: "[demo:internal-error]", img_url: (await dataUri()).split(",")[1] };
    const look = async (model: string) => {
      const made = (await send("POST", CREATE, POST_HEADERS, await pythonBody({ model, input }))).json()
        .output.task_id;
      return (await send("GET", `/api/v1/tasks/${made}`, GET_HEADERS)).json().output;
    };
    expect((await look("wan2.6-i2v-flash")).task_status).toBe("PENDING");
    expect(await look("wan2.7-i2v")).toMatchObject({
      code: "InvalidParameter",
      message: "Field required: input.media",
    });
  });

  test("an SDK too old to know a model's path hears what its users are known to hear", async () => {
    const { send } = await serve();
    const reply = await send("POST", CREATE_KEYFRAMES, POST_HEADERS, await pythonBody());
    expect(reply.json()).toMatchObject({ code: "InvalidParameter", message: "url error, please check url!" });
  });

  test("ComfyUI's older sound in the request is taken by the model it was made for", async () => {
    const { send } = await serve();
    const { makeWav } = await import("@/tests/server/media/make-wav");
    const audio_url = `data:audio/wav;base64,${makeWav(3).toString("base64")}`;
    const input = { prompt: "[demo:internal-error]", img_url: await dataUri(), audio_url };
    const body = await pythonBody({
      model: "wan2.5-i2v-preview",
      input,
      parameters: { audio: true, watermark: true },
    });
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, body)).json().output;
    expect((await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).json().output.task_status).toBe(
      "PENDING",
    );
  });
});

describe("the checklist (11.7)", () => {
  test("an over-long prompt is no error, and is told in full", async () => {
    const { send, clock } = await serve();
    const prompt = "x".repeat(6000);
    const input = {
      prompt,
      negative_prompt: "y".repeat(900),
      media: [{ type: "first_frame", url: await dataUri() }],
    };
    const parameters = { resolution: "720P", duration: 2 };
    const { task_id } = (
      await send("POST", CREATE, POST_HEADERS, await pythonBody({ input, parameters }))
    ).json().output;
    await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS);
    clock.advance(300_000);
    await expect
      .poll(
        async () => {
          clock.advance(100);
          return (await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).json().output;
        },
        { timeout: 60_000, interval: 50 },
      )
      .toMatchObject({ task_status: "SUCCEEDED", orig_prompt: prompt });
  });

  test("what the vendor heard of an over-long prompt is cut, where it tells", async () => {
    const { send, clock } = await serve();
    const input = { prompt: "x".repeat(900), img_url: await dataUri() };
    const body = await pythonBody({ model: "wan2.2-i2v-flash", input, parameters: { resolution: "480P" } });
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, body)).json().output;
    await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS);
    clock.advance(300_000);
    await expect
      .poll(
        async () => {
          clock.advance(100);
          return (await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).json().output;
        },
        { timeout: 60_000, interval: 50 },
      )
      .toMatchObject({ actual_prompt: expect.stringMatching(/^x{800}\. /) });
  });
});
