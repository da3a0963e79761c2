import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { at, item, startHost } from "./inputs";
import { dataUri, firstFrameBody, KEY, readReply, startEmulator, startMedia } from "./start-emulator";
import { uploadPicture } from "./upload-picture";
import { type WrongRequest, wrongRequests } from "./wrong-requests";

const media = startMedia();
afterAll(() => media.close());

const pathOf = ({ path }: WrongRequest) => (path ? { path } : {});
const RESOLVE = { headers: { "x-dashscope-ossresourceresolve": "enable" } };

describe.each(wrongRequests.map((request) => [request.name, request] as const))("%s", (_, request) => {
  const { code, strictCode = code, message } = request;
  const init = { ...pathOf(request), ...RESOLVE };

  test("is accepted, and FAILED at the first look", async () => {
    const { create, query } = await startEmulator(media);
    const taskId = await create(await request.body(), init);
    expect(await query(taskId)).toEqual({
      request_id: expect.any(String),
      output: {
        task_id: taskId,
        task_status: "FAILED",
        code,
        message: expect.stringMatching(message),
      },
    });
  });

  test("is 400 at create in strict mode, and no task remains of it", async () => {
    const { post, send, dataDir } = await startEmulator(media, { isStrict: true });
    expect(await readReply(await post(await request.body(), init))).toEqual({
      status: 400,
      body: { code: strictCode, message: expect.stringMatching(message), request_id: expect.any(String) },
    });
    expect((await readReply(await send("/api/v1/tasks"))).body.total).toBe(0);
    expect(await readdir(join(dataDir, "tasks"))).toEqual([]);
  });
});

describe("files behind addresses are judged at create in strict mode", () => {
  test.each<[string, Parameters<typeof startHost>[1], string[], string]>([
    ["a clip too short", { clipSeconds: 1.5 }, ["first_clip"], "InvalidFile.Duration"],
    [
      "a clip with a side too small",
      { clipSize: { width: 320, height: 238 } },
      ["first_clip"],
      "InvalidFile.Resolution",
    ],
    ["a sound too short", { soundSeconds: 1.8 }, ["first_frame", "driving_audio"], "InvalidFile.Duration"],
    ["a sound too long", { soundSeconds: 30.3 }, ["first_frame", "driving_audio"], "InvalidFile.Duration"],
    ["a clip as long as the film", { clipSeconds: 5 }, ["first_clip"], "InvalidParameter"],
  ])("%s", async (_, change, types, code) => {
    const { fetch } = await startHost(media, change);
    const { post } = await startEmulator(media, { fetch, isStrict: true });
    const reply = await readReply(await post({ model: "wan2.7-i2v", input: { media: types.map(item) } }));
    expect(reply).toMatchObject({ status: 400, body: { code } });
  });

  test("a file of another kind, and one that is too large", async () => {
    const host = await startHost(media);
    host.files["sound.wav"] = host.files["first.png"] as Buffer;
    host.files["clip.mp4"] = Buffer.alloc(100 * 2 ** 20 + 1);
    const { post } = await startEmulator(media, { fetch: host.fetch, isStrict: true });
    const codeOf = async (types: string[]) =>
      (await readReply(await post({ model: "wan2.7-i2v", input: { media: types.map(item) } }))).body.code;
    expect(await codeOf(["first_frame", "driving_audio"])).toBe("InvalidFile.Format");
    expect(await codeOf(["first_clip"])).toBe("InvalidFile.Size");
  });

  test("an upload of another model, of another account, or two days old", async () => {
    const { post, clock, ...studio } = await startEmulator(media, { isStrict: true });
    const url = await uploadPicture(studio, "wan2.7-i2v");
    const reply = async (model: string, key = KEY) => {
      const input = { prompt: "[demo:internal-error]", media: [{ type: "first_frame", url }] };
      const { status, body } = await readReply(await post({ model, input }, { ...RESOLVE, key }));
      return [status, body.code];
    };
    expect(await reply("wan2.7-i2v")).toEqual([200, undefined]);
    expect(await reply("wan2.7-i2v-2026-04-25")).toEqual([400, "InvalidParameter"]);
    expect(await reply("wan2.7-i2v", "sk-other")).toEqual([400, "InvalidParameter"]);
    clock.advance(48 * 3_600_000);
    expect(await reply("wan2.7-i2v")).toEqual([200, undefined]);
    clock.advance(1);
    expect(await reply("wan2.7-i2v")).toEqual([400, "InvalidParameter.DataInspection"]);
  });
});

test("in strict mode a right request is accepted, and what a task meets while it runs still fails the task", async () => {
  const { create, query, clock } = await startEmulator(media, { isStrict: true });
  const ids = [];
  for (const prompt of ["[demo:internal-error]", "[demo:refused]", "[demo:refused-output]"])
    ids.push(await create(await firstFrameBody({ prompt })));
  clock.advance(150_000);
  const codes = await Promise.all(ids.map(async (id) => (await query(id)).output.code));
  expect(codes).toEqual(["InternalError", "DataInspectionFailed", "DataInspectionFailed"]);
});

test("a sound and a picture that the address has are taken in strict mode too", async () => {
  const { fetch } = await startHost(media);
  const { create } = await startEmulator(media, { fetch, isStrict: true });
  const input = { prompt: "[demo:internal-error]", img_url: await dataUri(), audio_url: at("sound.wav") };
  await create({ model: "wan2.6-i2v", input });
});
