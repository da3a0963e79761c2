import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { filmSize } from "@/lib/emulator/film-size";
import { CAPTION } from "@/lib/emulator/make-film";
import { captionRegion } from "@/lib/server/media/caption";
import { makePicture } from "@/tests/fixtures/media/make-picture";
import { type LumaPicture, lumaAt, pictureTimes, readFilm } from "@/tests/fixtures/media/read-film";
import { firstFrameBody, ORIGIN, SUBMITTED_AT, startEmulator, startMedia } from "./start-emulator";

const media = startMedia();
afterAll(() => media.close());

test.each([
  [750, 1000, "544×720", "816×1104", "1232×1648"],
  [1000, 750, "720×544", "1104×816", "1648×1232"],
  [1920, 1080, "832×464", "1280×720", "1920×1072"],
  [1280, 720, "832×464", "1280×720", "1920×1072"],
  [1024, 576, "832×464", "1280×720", "1920×1072"],
  [1080, 1920, "464×832", "720×1280", "1072×1920"],
  [500, 500, "624×624", "960×960", "1440×1440"],
  [832, 480, "832×480", "1248×720", "1888×1088"],
  [512, 768, "512×768", "768×1168", "1168×1760"],
  [786, 1172, "512×768", "784×1168", "1168×1744"],
  [800, 100, "1776×208", "2704×336", "4064×496"],
])("a film of a picture of %i × %i has the documented size", (width, height, ...sizes) => {
  const text = (resolution: "480P" | "720P" | "1080P") => {
    const size = filmSize(resolution, { width, height });
    return `${size.width}×${size.height}`;
  };
  expect([text("480P"), text("720P"), text("1080P")]).toEqual(sizes);
});

test("a task becomes a film of the documented size, rate and length, with sound, at an address that works for a day", async () => {
  const { create, query, untilStatus, send, clock, dataDir, emulator } = await startEmulator(media);
  const taskId = await create(await firstFrameBody({ parameters: { duration: 2, seed: 7 } }));
  await query(taskId);
  clock.advance(200_000);
  const done = await untilStatus(taskId, "SUCCEEDED");
  expect(Object.keys(done)).toEqual(["request_id", "output", "usage"]);
  expect(done.usage).toEqual({
    duration: 2,
    input_video_duration: 0,
    output_video_duration: 2,
    video_count: 1,
    SR: 720,
  });
  expect(done.output).toEqual({
    task_id: taskId,
    task_status: "SUCCEEDED",
    submit_time: "2026-04-13 10:45:47.597",
    scheduled_time: expect.any(String),
    end_time: expect.any(String),
    orig_prompt: "the boat leaves the pier",
    video_url: expect.stringContaining(`${ORIGIN}/results/${taskId}/film.mp4?Expires=`),
  });

  const url = new URL(done.output.video_url);
  expect([...url.searchParams.keys()]).toEqual(["Expires", "OSSAccessKeyId", "Signature"]);
  const endAt = Date.parse(`${done.output.end_time.replace(" ", "T")}+08:00`);
  expect(Number(url.searchParams.get("Expires"))).toBe(Math.floor((endAt + 24 * 3_600_000) / 1000));
  expect(endAt).toBeGreaterThan(SUBMITTED_AT + 40_000);

  // No key: whoever has the address may read.
  const anonymous = (init: RequestInit = {}) => emulator.handler(new Request(url, init));
  const whole = await anonymous();
  expect(whole.status).toBe(200);
  expect(whole.headers.get("content-type")).toBe("video/mp4");
  const bytes = Buffer.from(await whole.arrayBuffer());
  expect(whole.headers.get("content-length")).toBe(String(bytes.length));
  const path = join(dataDir, "downloaded.mp4");
  await writeFile(path, bytes);
  await readFilm(path, async (film) => {
    const times = await pictureTimes(film);
    expect(times).toHaveLength(60);
    times.forEach((time, index) => {
      expect(time).toBeCloseTo(index / 30, 6);
    });
    // 320 × 240 is 4:3.
    expect([await film.video.getDisplayWidth(), await film.video.getDisplayHeight()]).toEqual([1104, 816]);
    expect([await film.video.getCodec(), await film.audio.getCodec()]).toEqual(["avc", "aac"]);
    expect(Math.abs((await film.audio.computeDuration()) - 2)).toBeLessThanOrEqual(1024 / 48_000);
    expect(await differenceFromGiven(await lumaAt(film, 0))).toBeLessThan(4);
  });

  const etag = whole.headers.get("etag") as string;
  const head = await anonymous({ method: "HEAD" });
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([
    200,
    String(bytes.length),
    "",
  ]);
  const ranged = async (headers: Record<string, string>) => {
    const reply = await anonymous({ headers });
    return [
      reply.status,
      reply.headers.get("content-range"),
      Buffer.from(await reply.arrayBuffer()),
    ] as const;
  };
  const size = bytes.length;
  expect(await ranged({ range: "bytes=10-19" })).toEqual([
    206,
    `bytes 10-19/${size}`,
    bytes.subarray(10, 20),
  ]);
  expect(await ranged({ range: "bytes=-5" })).toEqual([
    206,
    `bytes ${size - 5}-${size - 1}/${size}`,
    bytes.subarray(-5),
  ]);
  expect(await ranged({ range: `bytes=${size - 3}-` })).toEqual([
    206,
    `bytes ${size - 3}-${size - 1}/${size}`,
    bytes.subarray(-3),
  ]);
  expect(await ranged({ range: "bytes=10-19", "if-range": etag })).toMatchObject([206, {}, {}]);
  expect(await ranged({ range: "bytes=10-19", "if-range": '"another"' })).toEqual([200, null, bytes]);
  expect(await ranged({ range: `bytes=${size}-` })).toEqual([416, `bytes */${size}`, Buffer.alloc(0)]);

  const forged = new URL(url);
  forged.searchParams.set("Expires", String(Number(url.searchParams.get("Expires")) + 1));
  const refused = await send(forged.href);
  expect([refused.status, await refused.text()]).toEqual([
    403,
    expect.stringContaining("<Code>SignatureDoesNotMatch</Code>"),
  ]);

  clock.advance(24 * 3_600_000 + 2000);
  const late = await anonymous();
  expect(late.status).toBe(403);
  expect(late.headers.get("content-type")).toBe("application/xml");
  expect(await late.text()).toMatch(/<Code>AccessDenied<\/Code>\s*<Message>Request has expired\.<\/Message>/);
});

test("a task is not done before its film is, however late it is", async () => {
  const { create, query, untilStatus, clock } = await startEmulator(media);
  const taskId = await create(await firstFrameBody({ parameters: { watermark: true } }));
  clock.advance(3_600_000);
  expect(await query(taskId)).toMatchObject({ output: { task_status: "RUNNING" } });
  const done = await untilStatus(taskId, "SUCCEEDED");
  expect(new URL(done.output.video_url).pathname).toMatch(/_watermark\.mp4$/);
  const endAt = Date.parse(`${done.output.end_time.replace(" ", "T")}+08:00`);
  expect(endAt).toBeGreaterThanOrEqual(SUBMITTED_AT + 3_600_000);
});

/** Mean difference of luma between the film's first picture and the one it was made of, outside the caption. */
async function differenceFromGiven({ width, height, luma }: LumaPicture): Promise<number> {
  const given = await sharp(await makePicture(320, 240).jpeg().toBuffer())
    .resize(width, height, { fit: "cover" })
    .raw()
    .toBuffer();
  const caption = captionRegion({ width, height }, CAPTION);
  let sum = 0;
  let count = 0;
  luma.forEach((value, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const isAcross = x >= caption.left && x < caption.left + caption.width;
    if (isAcross && y >= caption.top && y < caption.top + caption.height) return;
    const [red = 0, green = 0, blue = 0] = given.subarray(at * 3, at * 3 + 3);
    sum += Math.abs(value - (16 + (219 / 255) * (0.2126 * red + 0.7152 * green + 0.0722 * blue)));
    count++;
  });
  return sum / count;
}
