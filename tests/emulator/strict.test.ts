import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { dataUri, firstFrameBody, readReply, startEmulator, startMedia } from "./start-emulator";

const media = startMedia();
afterAll(() => media.close());

const frame = { type: "first_frame", url: "https://host.test/a.png" };

test.each<[string, unknown, string, string]>([
  ["no media", { model: "wan2.7-i2v", input: {} }, "InvalidParameter", "Field required: input.media"],
  [
    "an illegal set",
    { model: "wan2.7-i2v", input: { media: [{ ...frame, type: "last_frame" }] } },
    "InvalidParameter",
    "not a supported combination",
  ],
  [
    "a wrong parameter",
    { model: "wan2.7-i2v", input: { media: [frame] }, parameters: { duration: 16 } },
    "InvalidParameter",
    "parameters.duration",
  ],
  [
    "a file that cannot be had",
    { model: "wan2.6-i2v", input: { img_url: "https://host.test/a.png" } },
    "InvalidParameter.DataInspection",
    "Unable to download the media resource during the data inspection process.",
  ],
])("in strict mode %s is 400 at create, and no task remains of it", async (_, body, code, message) => {
  const { post, send, dataDir } = await startEmulator(media, { isStrict: true });
  expect(await readReply(await post(body))).toEqual({
    status: 400,
    body: { code, message: expect.stringContaining(message), request_id: expect.any(String) },
  });
  expect((await readReply(await send("/api/v1/tasks"))).body.total).toBe(0);
  expect(await readdir(join(dataDir, "tasks"))).toEqual([]);
});

test("in strict mode a picture out of bounds is 400 at create, and a right request is accepted", async () => {
  const { default: sharp } = await import("sharp");
  const small = sharp({ create: { width: 239, height: 400, channels: 3, background: "#456" } }).jpeg();
  const { post } = await startEmulator(media, { isStrict: true });
  const input = { media: [{ type: "first_frame", url: await dataUri(small) }] };
  expect(await readReply(await post({ model: "wan2.7-i2v", input }))).toMatchObject({
    status: 400,
    body: { code: "InvalidFile.Resolution" },
  });
  const right = await post(await firstFrameBody({ prompt: "[demo:internal-error]" }));
  expect(right.status).toBe(200);
});
