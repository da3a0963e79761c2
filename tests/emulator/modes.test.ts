import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { CAPTION, WATERMARK } from "@/lib/emulator/make-film";
import { captionRegion, markRegion } from "@/lib/server/media/caption";
import { probeVideo } from "@/lib/server/media/probe-video";
import { lumaAt, readFilm, readSilentFilm, soundOf } from "@/tests/fixtures/media/read-film";
import { testFolder } from "@/tests/fixtures/media/test-folder";
import { lumaOfPicture, ssim } from "@/tests/server/media/film-likeness";
import { loudness } from "@/tests/server/media/make-wav";
import { at, first, item, last, startHost } from "./inputs";
import { readReply, startEmulator, startMedia } from "./start-emulator";

const media = startMedia();
afterAll(() => media.close());

type Studio = Awaited<ReturnType<typeof startEmulator>>;

/** Follows a task to its end, downloads its film, and says what it is. */
async function finish(studio: Studio, taskId: string) {
  await studio.query(taskId);
  studio.clock.advance(300_000);
  const done = await studio.untilStatus(taskId, "SUCCEEDED");
  const reply = await studio.emulator.handler(new Request(done.output.video_url));
  const path = join(await testFolder(), "film.mp4");
  await writeFile(path, Buffer.from(await reply.arrayBuffer()));
  return { done, path, probe: await probeVideo({ path }) };
}

const likeness = (
  path: string,
  seconds: number,
  given: ReturnType<typeof first>,
  read: typeof readSilentFilm = readFilm,
) =>
  read(path, async (film) => {
    const seen = await lumaAt(film, seconds);
    const size = { width: seen.width, height: seen.height };
    return ssim(seen, await lumaOfPicture(given, size.width, size.height), [captionRegion(size, CAPTION)]);
  });

const wan27 = (media: unknown, parameters: object = {}) => ({
  model: "wan2.7-i2v",
  input: { prompt: "a boat", media },
  parameters: { resolution: "720P", duration: 2, ...parameters },
});

test.each([
  [["first_frame"]],
  [["driving_audio", "first_frame"]],
  [["first_frame", "last_frame"]],
  [["last_frame", "driving_audio", "first_frame"]],
])(
  "a film of %j is as long as was asked, starts on the first frame, and ends on the last where there is one",
  async (types) => {
    const studio = await startEmulator(media, { fetch: (await startHost(media, { soundSeconds: 2 })).fetch });
    const { done, path, probe } = await finish(studio, await studio.create(wan27(types.map(item))));
    expect(probe).toMatchObject({
      width: 1104,
      height: 816,
      frameCount: 60,
      framesPerSecond: 30,
      audioCodec: "aac",
    });
    expect(await likeness(path, 0, first())).toBeGreaterThan(0.9);
    const endLikeness = await likeness(path, 59 / 30, last());
    if (types.includes("last_frame")) expect(endLikeness).toBeGreaterThan(0.9);
    else expect(endLikeness).toBeLessThan(0.5);
    const sound = await readFilm(path, soundOf);
    // The tone that was given is louder than any sound that is made here.
    if (types.includes("driving_audio")) expect(loudness(sound, 0.1, 1.9)).toBeGreaterThan(-14);
    else expect(loudness(sound, 0.1, 1.9)).toBeLessThan(-16);
    expect(done.usage).toEqual({
      duration: 2,
      input_video_duration: 0,
      output_video_duration: 2,
      video_count: 1,
      SR: 720,
    });
  },
);

test.each([[["first_clip"]], [["last_frame", "first_clip"]]])(
  "a continuation of %j begins with the clip, is as long in all as was asked, and is billed whole",
  async (types) => {
    const host = await startHost(media);
    const studio = await startEmulator(media, { fetch: host.fetch });
    const taskId = await studio.create(wan27(types.map(item), { duration: 3 }));
    const { done, path, probe } = await finish(studio, taskId);
    expect(probe).toMatchObject({ width: 1104, height: 816, frameCount: 90, durationSeconds: 3 });
    expect(done.usage).toEqual({
      duration: 3,
      input_video_duration: 2,
      output_video_duration: 1,
      video_count: 1,
      SR: 720,
    });
    expect(await likeness(path, 0, first())).toBeGreaterThan(0.85);
    if (types.includes("last_frame")) expect(await likeness(path, 89 / 30, last())).toBeGreaterThan(0.9);
    const sound = await readFilm(path, soundOf);
    expect(loudness(sound, 0.1, 1.9)).toBeGreaterThan(-14);
    expect(loudness(sound, 2.2, 2.8)).toBeLessThan(-16);
  },
);

test.each([
  [2, 2],
  [4, 3],
])(
  "a clip of %i s cannot be continued to %i s, and the message says what the length is of",
  async (clipSeconds, duration) => {
    const host = await startHost(media, { clipSeconds });
    const { create, query } = await startEmulator(media, { fetch: host.fetch });
    expect(await query(await create(wan27([item("first_clip")], { duration })))).toMatchObject({
      output: {
        task_status: "FAILED",
        code: "InvalidParameter",
        message: expect.stringMatching(/duration .* whole video .* greater than .*input\.media\.0\.url/),
      },
    });
  },
);

test.each([
  ["shorter than 2 s", { clipSeconds: 1.5 }, "InvalidFile.Duration"],
  ["longer than 10 s", { clipSeconds: 10.5 }, "InvalidFile.Duration"],
  ["with a side under 240", { clipSize: { width: 320, height: 238 } }, "InvalidFile.Resolution"],
  ["flatter than 8:1", { clipSize: { width: 2000, height: 240 } }, "InvalidFile.AspectRatio"],
])("a clip %s is refused", async (_, change, code) => {
  const host = await startHost(media, change);
  const { create, query } = await startEmulator(media, { fetch: host.fetch });
  const taskId = await create(wan27([item("first_clip")], { duration: 15 }));
  expect(await query(taskId)).toMatchObject({ output: { task_status: "FAILED", code } });
});

test.each([
  [1.8, "FAILED"],
  [2, "PENDING"],
  [30, "PENDING"],
  [30.3, "FAILED"],
])("a driving sound of %d s is %s at the first look", async (soundSeconds, status) => {
  const host = await startHost(media, { soundSeconds });
  const { create, query } = await startEmulator(media, { fetch: host.fetch });
  const taskId = await create(wan27([item("first_frame"), item("driving_audio")]));
  const { output } = await query(taskId);
  expect(output.task_status).toBe(status);
  if (status === "FAILED") expect(output.code).toBe("InvalidFile.Duration");
});

test("a film in place of a picture, a picture in place of a sound, and a clip cut in the middle are refused", async () => {
  const host = await startHost(media);
  host.files["last.png"] = host.files["clip.mp4"] as Buffer;
  host.files["sound.wav"] = host.files["first.png"] as Buffer;
  host.files["clip.mp4"] = host.files["clip.mp4"]?.subarray(0, 4000) as Buffer;
  const { create, query } = await startEmulator(media, { fetch: host.fetch });
  const codeOf = async (types: string[]) => (await query(await create(wan27(types.map(item))))).output.code;
  expect(await codeOf(["first_frame", "last_frame"])).toBe("InvalidFile.Format");
  expect(await codeOf(["first_frame", "driving_audio"])).toBe("InvalidFile.Format");
  expect(await codeOf(["first_clip"])).toBe("InvalidFile.Openerror");
});

const keyframes = (change: object = {}, parameters: object = {}) => ({
  model: "wan2.2-kf2v-flash",
  input: { prompt: "a boat", first_frame_url: at("first.png"), last_frame_url: at("last.png"), ...change },
  parameters: { resolution: "480P", ...parameters },
});

test("first and last frame by the older family: silent, five seconds, the one and then the other", async () => {
  const studio = await startEmulator(media, { fetch: (await startHost(media)).fetch });
  const { done, path, probe } = await finish(
    studio,
    await studio.create(keyframes(), { path: "image2video" }),
  );
  expect(probe).toMatchObject({ width: 720, height: 544, frameCount: 150, audioCodec: null });
  expect(await likeness(path, 0, first(), readSilentFilm)).toBeGreaterThan(0.9);
  expect(await likeness(path, 149 / 30, last(), readSilentFilm)).toBeGreaterThan(0.9);
  expect(done.usage).toEqual({ video_duration: 5, video_count: 1, SR: 480 });
  expect(done.output.actual_prompt).toContain("a boat");
});

test("a template of the older family needs no last frame and leaves no prompt to rewrite", async () => {
  const studio = await startEmulator(media, { fetch: (await startHost(media)).fetch });
  const body = keyframes({ template: "solaron", last_frame_url: undefined }, { resolution: "720P" });
  const taskId = await studio.create({ ...body, model: "wan2.1-kf2v-plus" }, { path: "image2video" });
  const { done } = await finish(studio, taskId);
  expect(done.output).not.toHaveProperty("actual_prompt");
  expect(done.usage).toEqual({ video_duration: 5, video_ratio: "standard", video_count: 1 });
});

test.each([
  ["automatic", {}, true],
  ["silent, even with a sound", { audio: false }, false],
])("the sound of the fast model is %s when so asked", async (_, parameters, hasSound) => {
  const studio = await startEmulator(media, { fetch: (await startHost(media)).fetch });
  const taskId = await studio.create({
    model: "wan2.6-i2v-flash",
    input: {
      prompt: "a boat",
      img_url: at("first.png"),
      ...(hasSound ? {} : { audio_url: at("sound.wav") }),
    },
    parameters: { resolution: "720P", duration: 2, ...parameters },
  });
  const { done, probe } = await finish(studio, taskId);
  expect(probe).toMatchObject({ frameCount: 60, audioCodec: hasSound ? "aac" : null });
  expect(done.usage).toMatchObject({ duration: 2, SR: 720, audio: hasSound });
  expect(done.output).not.toHaveProperty("actual_prompt");
});

test("exactly 16:9 at 1080P is 1920 × 1072 by the rule, and 1920 × 1080 where that is switched on", async () => {
  const { filmSize } = await import("@/lib/emulator/film-size");
  const wide = { width: 1280, height: 720 };
  expect(filmSize("1080P", wide)).toEqual({ width: 1920, height: 1072 });
  expect(filmSize("1080P", wide, { hasFullHd: true })).toEqual({ width: 1920, height: 1080 });
  expect(filmSize("1080P", { width: 720, height: 1280 }, { hasFullHd: true })).toEqual({
    width: 1080,
    height: 1920,
  });
  expect(filmSize("1080P", { width: 1281, height: 720 }, { hasFullHd: true })).toEqual({
    width: 1920,
    height: 1072,
  });
  expect(filmSize("720P", wide, { hasFullHd: true })).toEqual({ width: 1280, height: 720 });
});

test("a film of 1920 × 1080 is one to every reader, though its height is no multiple of 16", async () => {
  const host = await startHost(media);
  host.files["first.png"] = await first().resize(960, 540, { fit: "fill" }).png().toBuffer();
  const studio = await startEmulator(media, { fetch: host.fetch, hasFullHd: true });
  const taskId = await studio.create(wan27([item("first_frame")], { resolution: "1080P" }));
  const { probe } = await finish(studio, taskId);
  expect(probe).toMatchObject({ width: 1920, height: 1080, frameCount: 60 });
});

test("a watermark that was asked for is drawn into the lower right corner, and no other is", async () => {
  const studio = await startEmulator(media, { fetch: (await startHost(media)).fetch });
  const likenesses = async (watermark: boolean) => {
    const taskId = await studio.create(wan27([item("first_frame")], { watermark }));
    const { path, done } = await finish(studio, taskId);
    expect(done.output.video_url.includes("_watermark.mp4?")).toBe(watermark);
    const seen = await readFilm(path, (film) => lumaAt(film, 0));
    const given = await lumaOfPicture(first(), seen.width, seen.height);
    const masks = [captionRegion(seen, CAPTION), markRegion(seen, WATERMARK, CAPTION)];
    return [ssim(seen, given, masks.slice(0, 1)), ssim(seen, given, masks)] as const;
  };
  const [marked, besideMark] = await likenesses(true);
  const [plain, besideNothing] = await likenesses(false);
  expect(besideMark - marked).toBeGreaterThan(0.0003);
  expect(Math.abs(besideNothing - plain)).toBeLessThan(0.0002);
});

test("a model of the one path is not made at the other", async () => {
  const { post } = await startEmulator(media);
  const wrong = { status: 400, body: { code: "InvalidParameter", message: "url error, please check url!" } };
  expect(await readReply(await post(keyframes()))).toMatchObject(wrong);
  expect(await readReply(await post(wan27([]), { path: "image2video" }))).toMatchObject(wrong);
});
