import { readFile, writeFile } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { GenerationParameters } from "@/lib/domain/generation";
import { findModel } from "@/lib/domain/models/catalogue";
import type { Mode, SlotName } from "@/lib/domain/models/model";
import { predictOutputSize } from "@/lib/domain/models/output-size";
import type { Emulator } from "@/lib/emulator/handler";
import { CAPTION } from "@/lib/emulator/make-film";
import { captionRegion } from "@/lib/server/media/caption";
import { makePicture } from "@/tests/fixtures/media/make-picture";
import { lumaAt, pictureTimes, readFilm, readSilentFilm, soundOf } from "@/tests/fixtures/media/read-film";
import { lumaOfPicture, ssim } from "@/tests/server/media/film-likeness";
import { loudness, makeWav, pitch } from "@/tests/server/media/make-wav";
import { openTestStudio, type TestStudio, testMedia } from "@/tests/support/test-studio";
import { openWorkshop } from "@/tests/support/test-workshop";
import { emulatorAt, followToEnd, withClip } from "./on-the-emulator";
import { press, type StoredInputs, store } from "./stored-inputs";
import { connectionAt } from "./wire-cases";

// A film takes 6 to 8 s of both cores of a small machine, and there may be others on it.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const PLACE = { vendor: "dashscope", region: "ap-southeast-1" } as const;
const PICTURE = { width: 1600, height: 1200 };
const CLIP = { width: 1280, height: 960, seconds: 2 };
const [FPS, SECONDS] = [30, 5];
const LAST_FRAME_AT = SECONDS - 1 / FPS;
const TONE_HZ = 440;
const TONE_SECONDS = 3;
// What the emulator makes up is softer than the tone, and neither is nothing.
const [TONE_DB, MADE_UP_DB, NOTHING_DB] = [-14, -60, -85];

const pictures: Record<"firstFrame" | "lastFrame", () => Sharp> = {
  firstFrame: () => makePicture(PICTURE.width, PICTURE.height),
  lastFrame: stripes,
};

/** As unlike the first frame as a picture can be. */
function stripes(): Sharp {
  const { width, height } = PICTURE;
  const tile = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="wave" spreadMethod="reflect" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="40" y2="25">
      <stop offset="0" stop-color="#222"/><stop offset="1" stop-color="#ddd"/>
    </linearGradient></defs><rect width="100%" height="100%" fill="url(#wave)"/></svg>`;
  return sharp(Buffer.from(tile)).removeAlpha();
}

let studio: TestStudio;
let inputs: StoredInputs;
let clipPath: string;
const emulators = new Map<string, Emulator>();

beforeAll(async () => {
  studio = await openTestStudio();
  clipPath = await makeClip();
  inputs = {
    firstFrame: await give(
      "firstFrame",
      "first.png",
      "image/png",
      await pictures.firstFrame().png().toBuffer(),
    ),
    lastFrame: await give("lastFrame", "last.png", "image/png", await pictures.lastFrame().png().toBuffer()),
    drivingAudio: await give("drivingAudio", "tone.wav", "audio/wav", makeWav(TONE_SECONDS, { hz: TONE_HZ })),
    firstClip: await give("firstClip", "take.mp4", "video/mp4", await readFile(clipPath)),
  };
});
afterAll(async () => {
  await Promise.all([...emulators.values()].map((emulator) => emulator.close()));
  await studio.remove();
});

async function give(slot: SlotName, fileName: string, mediaType: string, bytes: Buffer) {
  return { id: await store(studio, slot, fileName, bytes), bytes, mediaType };
}

/** Two seconds with a tone of its own. */
async function makeClip(): Promise<string> {
  const { incoming } = studio;
  const [picturePath, soundPath] = [incoming.newPath(".png"), incoming.newPath(".wav")];
  const outputPath = incoming.newPath(".mp4");
  await pictures.firstFrame().png().toFile(picturePath);
  await writeFile(soundPath, makeWav(CLIP.seconds, { hz: TONE_HZ }));
  await testMedia().run("render-move", {
    picturePath,
    outputPath,
    width: CLIP.width,
    height: CLIP.height,
    frameCount: CLIP.seconds * FPS,
    framesPerSecond: FPS,
    caption: "",
    seed: 1,
    sound: { kind: "file", path: soundPath },
  });
  return outputPath;
}

/** Orders a film through the studio and looks at the file that it keeps. */
async function film<Seen>(
  order: { modelId?: string; mode: Mode; media: SlotName[]; change?: Partial<GenerationParameters> },
  look: (path: string) => Promise<Seen>,
): Promise<Seen> {
  const model = findModel(order.modelId ?? "wan2.7-i2v") ?? expect.fail("there is no such model");
  const emulator = emulatorAt(studio, PLACE, emulators);
  const fetch: typeof globalThis.fetch = (input, init) => emulator.handler(new Request(input, init));
  const shop = openWorkshop(studio, fetch, connectionAt(PLACE));
  const form: GenerationParameters = {
    prompt: "The boat leaves the pier",
    resolution: "1080P",
    durationSeconds: SECONDS,
    ...order.change,
  };
  const { mode, media } = order;
  const { id } = await press(shop, inputs, { model, place: PLACE, mode, media, form });
  return withClip(studio, await followToEnd(studio, shop, id), look);
}

/** Size, number of pictures and their spacing, as the file itself has them. */
async function expectFullSize(path: string, audioCodec: "aac" | null): Promise<void> {
  const size = predictOutputSize("1080P", PICTURE);
  expect(size).toEqual({ width: 1648, height: 1232 });
  const expected = { ...size, frameCount: SECONDS * FPS, framesPerSecond: FPS, durationSeconds: SECONDS };
  expect(await testMedia().run("probe-video", { path })).toMatchObject({ ...expected, audioCodec });
  const read = audioCodec ? readFilm<number[]> : readSilentFilm<number[]>;
  const times = await read(path, pictureTimes);
  expect(times).toHaveLength(SECONDS * FPS);
  times.forEach((at, index) => {
    expect(at).toBeCloseTo(index / FPS, 3);
  });
}

/** How like a picture of the film is to what was given, without the caption. */
async function likeness(
  path: string,
  seconds: number,
  given: keyof typeof pictures,
  read: typeof readSilentFilm = readFilm,
): Promise<number> {
  const seen = await read(path, (film) => lumaAt(film, seconds));
  const { width, height } = seen;
  givenLumas[given] ??= lumaOfPicture(pictures[given](), width, height);
  return ssim(seen, await givenLumas[given], [captionRegion(seen, CAPTION)]);
}

/** Every film here has one size. */
const givenLumas: { [Name in keyof typeof pictures]?: ReturnType<typeof lumaOfPicture> } = {};

/** How like a picture of the film is to that of the clip at the same instant. */
async function likenessToClip(path: string, seconds: number): Promise<number> {
  const seen = await readFilm(path, (film) => lumaAt(film, seconds));
  const own = await readFilm(clipPath, (film) => lumaAt(film, seconds));
  const { width, height } = seen;
  const luma = await sharp(own.luma, { raw: { width: own.width, height: own.height, channels: 1 } })
    .resize(width, height, { fit: "cover", kernel: "lanczos3" })
    .extractChannel(0)
    .raw()
    .toBuffer();
  return ssim(seen, { width, height, luma }, [captionRegion(seen, CAPTION)]);
}

it("animate, automatic sound: starts on the first frame, moves away from it, and is heard throughout", () =>
  film({ mode: "animate", media: ["firstFrame"] }, async (path) => {
    await expectFullSize(path, "aac");
    expect(await likeness(path, 0, "firstFrame")).toBeGreaterThan(0.9);
    expect(await likeness(path, LAST_FRAME_AT, "firstFrame")).toBeLessThan(0.7);
    const sound = await readFilm(path, soundOf);
    for (const from of [0.2, 2, 4]) {
      expect(loudness(sound, from, from + 0.8)).toBeGreaterThan(MADE_UP_DB);
      expect(loudness(sound, from, from + 0.8)).toBeLessThan(TONE_DB);
    }
  }));

it("animate, given sound: the tone that was given, then nothing at all to the end", () =>
  film({ mode: "animate", media: ["firstFrame", "drivingAudio"] }, async (path) => {
    await expectFullSize(path, "aac");
    expect(await likeness(path, 0, "firstFrame")).toBeGreaterThan(0.9);
    const sound = await readFilm(path, soundOf);
    expect(loudness(sound, 0.1, TONE_SECONDS - 0.1)).toBeGreaterThan(TONE_DB);
    expect(pitch(sound, 0.5, TONE_SECONDS - 0.5)).toBeCloseTo(TONE_HZ, -1);
    expect(loudness(sound, TONE_SECONDS + 0.1, SECONDS)).toBeLessThan(NOTHING_DB);
  }));

it("animate, silent by choice: no sound track", () =>
  film(
    { modelId: "wan2.6-i2v-flash", mode: "animate", media: ["firstFrame"], change: { sound: "silent" } },
    async (path) => {
      await expectFullSize(path, null);
      expect(await likeness(path, 0, "firstFrame", readSilentFilm)).toBeGreaterThan(0.9);
    },
  ));

it("between frames, automatic sound: starts on the first frame and ends on the last", () =>
  film({ mode: "between", media: ["firstFrame", "lastFrame"] }, async (path) => {
    await expectFullSize(path, "aac");
    expect(await likeness(path, 0, "firstFrame")).toBeGreaterThan(0.9);
    expect(await likeness(path, LAST_FRAME_AT, "lastFrame")).toBeGreaterThan(0.9);
    expect(loudness(await readFilm(path, soundOf), 0.2, 4.8)).toBeGreaterThan(MADE_UP_DB);
  }));

it("between frames, given sound: both frames, and the tone", () =>
  film({ mode: "between", media: ["firstFrame", "lastFrame", "drivingAudio"] }, async (path) => {
    await expectFullSize(path, "aac");
    expect(await likeness(path, 0, "firstFrame")).toBeGreaterThan(0.9);
    expect(await likeness(path, LAST_FRAME_AT, "lastFrame")).toBeGreaterThan(0.9);
    const sound = await readFilm(path, soundOf);
    expect(pitch(sound, 0.5, TONE_SECONDS - 0.5)).toBeCloseTo(TONE_HZ, -1);
    expect(loudness(sound, TONE_SECONDS + 0.1, SECONDS)).toBeLessThan(NOTHING_DB);
  }));

it("between frames, silent by nature: both frames, and no sound track", () =>
  film(
    { modelId: "wan2.2-kf2v-flash", mode: "between", media: ["firstFrame", "lastFrame"] },
    async (path) => {
      await expectFullSize(path, null);
      expect(await likeness(path, 0, "firstFrame", readSilentFilm)).toBeGreaterThan(0.9);
      expect(await likeness(path, LAST_FRAME_AT, "lastFrame", readSilentFilm)).toBeGreaterThan(0.9);
    },
  ));

it("continue: the clip's own pictures and sound, then new ones that follow on from its last", () =>
  film({ mode: "continue", media: ["firstClip"] }, async (path) => {
    await expectFullSize(path, "aac");
    const clipEndAt = CLIP.seconds - 1 / FPS;
    for (const at of [0, 1, clipEndAt]) expect(await likenessToClip(path, at)).toBeGreaterThan(0.9);
    const [before, after, later] = await readFilm(path, async (film) => [
      await lumaAt(film, clipEndAt),
      await lumaAt(film, CLIP.seconds),
      await lumaAt(film, LAST_FRAME_AT),
    ]);
    if (!before || !after || !later) throw new Error("a picture is missing");
    expect(ssim(before, after)).toBeGreaterThan(0.9);
    expect(ssim(before, later, [captionRegion(later, CAPTION)])).toBeLessThan(0.7);
    const sound = await readFilm(path, soundOf);
    expect(pitch(sound, 0.3, CLIP.seconds - 0.3)).toBeCloseTo(TONE_HZ, -1);
    expect(loudness(sound, CLIP.seconds + 0.5, SECONDS)).toBeGreaterThan(MADE_UP_DB);
    expect(loudness(sound, CLIP.seconds + 0.5, SECONDS)).toBeLessThan(TONE_DB);
  }));

it("continue to a last frame: begins with the clip and ends on the picture", () =>
  film({ mode: "continue", media: ["firstClip", "lastFrame"] }, async (path) => {
    await expectFullSize(path, "aac");
    expect(await likenessToClip(path, 1)).toBeGreaterThan(0.9);
    expect(await likeness(path, LAST_FRAME_AT, "lastFrame")).toBeGreaterThan(0.9);
  }));
