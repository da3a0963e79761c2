import { afterAll, describe, expect, test } from "vitest";
import { makeWav } from "@/tests/server/media/make-wav";
import { CREATE, CREATE_KEYFRAMES, GET_HEADERS, POST_HEADERS, pythonBody, serve } from "./sdk-wire";
import { dataUri, startMedia } from "./start-emulator";

const media = startMedia();
afterAll(() => media.close());

describe("other clients", () => {
  test("Java's constant extras are let pass, and do not make a film silent", async () => {
    const { send } = await serve(media);
    const input = { prompt: "[demo:internal-error]", extend_prompt: true, img_url: await dataUri() };
    const body = await pythonBody({ model: "wan2.6-i2v", input, parameters: { with_audio: false } });
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, body)).json().output;
    expect((await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).json().output.task_status).toBe(
      "PENDING",
    );
  });

  test("Vercel's bare Base64 in img_url is a picture; for wan2.7 it hears which field is missing", async () => {
    const { send } = await serve(media);
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
    const { send } = await serve(media);
    const reply = await send("POST", CREATE_KEYFRAMES, POST_HEADERS, await pythonBody());
    expect(reply.json()).toMatchObject({ code: "InvalidParameter", message: "url error, please check url!" });
  });

  test("ComfyUI's older sound in the request is taken by the model it was made for", async () => {
    const { send } = await serve(media);
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

  test("Java's ready-made oss:// without the resolve header is refused at once, in words", async () => {
    const { send } = await serve(media);
    const input = { prompt: "x", img_url: "oss://dashscope-instant/me/a.png" };
    const reply = await send("POST", CREATE, POST_HEADERS, await pythonBody({ model: "wan2.6-i2v", input }));
    expect([reply.status, reply.json().code]).toEqual([400, "InvalidParameter.DataInspection"]);
    expect(reply.json().message).toContain("media format");
  });

  test("Vercel's looks, every five seconds for ten minutes, are all answered, and none is UNKNOWN", async () => {
    const { send, clock } = await serve(media);
    const body = await pythonBody({
      input: { prompt: "[demo:stuck]", media: [{ type: "first_frame", url: await dataUri() }] },
    });
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, body)).json().output;
    const words = new Set<string>();
    for (let look = 0; look < 120; look++) {
      const reply = await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS);
      expect(reply.status).toBe(200);
      words.add(reply.json().output.task_status);
      clock.advance(5_000);
    }
    expect([...words]).toEqual(["PENDING", "RUNNING"]);
  });

  test.each([
    { duration: 2, seed: 0 },
    { duration: 15, seed: 2_147_483_647 },
  ])("ComfyUI's range for wan2.7 is taken to its ends, watermark and all: %j", async (ends) => {
    const { send } = await serve(media);
    const parameters = { resolution: "1080P", prompt_extend: true, watermark: true, ...ends };
    const { task_id } = (await send("POST", CREATE, POST_HEADERS, await pythonBody({ parameters }))).json()
      .output;
    const { output } = (await send("GET", `/api/v1/tasks/${task_id}`, GET_HEADERS)).json();
    expect(output.task_status).toBe("PENDING");
  });
});

describe("the checklist", () => {
  test("an over-long prompt is no error, and is told in full", async () => {
    const { send, clock } = await serve(media);
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
    const { send, clock } = await serve(media);
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
