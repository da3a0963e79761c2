import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sharp } from "sharp";
import { expect, test } from "vitest";
import { captionRegion, markRegion } from "@/lib/server/media/caption";
import type { RenderTransition } from "@/lib/server/media/media-tasks";
import { renderTransition } from "@/lib/server/media/render-transition";
import { writeWholeFor } from "@/lib/server/media/write-whole";
import { makePicture } from "@/tests/fixtures/media/make-picture";
import { lumaAt, readFilm, soundOf } from "@/tests/fixtures/media/read-film";
import { testFolder } from "@/tests/fixtures/media/test-folder";
import { lumaOfPicture, ssim } from "./film-likeness";
import { loudness, makeWav, pitch } from "./make-wav";

const signal = new AbortController().signal;
const context = { writeWhole: writeWholeFor("attempt", signal), signal };
const first = () => makePicture(640, 480);
const last = () => makePicture(640, 480).negate().rotate(180);

async function render(change: Partial<RenderTransition> = {}, pictures: [Sharp, Sharp] = [first(), last()]) {
  const folder = await testFolder();
  const [firstPicturePath, lastPicturePath] = [join(folder, "first.png"), join(folder, "last.png")];
  await pictures[0].png().toFile(firstPicturePath);
  await pictures[1].png().toFile(lastPicturePath);
  const film: RenderTransition = {
    width: 320,
    height: 240,
    frameCount: 60,
    framesPerSecond: 30,
    caption: "Demo · no AI was used",
    seed: 5,
    firstPicturePath,
    lastPicturePath,
    outputPath: join(folder, "out.mp4"),
    ...change,
  };
  return { folder, film, probe: await renderTransition(film, context) };
}

test("a transition starts on the first picture, ends on the last, and is both in between", async () => {
  const { film, probe } = await render();
  expect(probe).toMatchObject({
    width: 320,
    height: 240,
    frameCount: 60,
    framesPerSecond: 30,
    audioCodec: "aac",
  });
  const [from, to] = [await lumaOfPicture(first(), 320, 240), await lumaOfPicture(last(), 320, 240)];
  const mask = [captionRegion(film, film.caption)];
  await readFilm(film.outputPath, async (read) => {
    const [start, end] = [await lumaAt(read, 0), await lumaAt(read, 59 / 30)];
    expect(ssim(start, from, mask)).toBeGreaterThan(0.95);
    expect(ssim(end, to, mask)).toBeGreaterThan(0.95);
    expect(ssim(start, to, mask)).toBeLessThan(0.5);
    const middle = await lumaAt(read, 1);
    expect(ssim(middle, from, mask)).toBeLessThan(0.9);
    expect(ssim(middle, to, mask)).toBeLessThan(0.9);
  });
});

test("a last picture of another shape covers the film", async () => {
  const wide = () => makePicture(800, 300);
  const { film } = await render({}, [first(), wide()]);
  const end = await readFilm(film.outputPath, (read) => lumaAt(read, 59 / 30));
  expect(
    ssim(end, await lumaOfPicture(wide(), 320, 240), [captionRegion(film, film.caption)]),
  ).toBeGreaterThan(0.95);
});

test("no step of a transition is a cut: each picture resembles the one before", async () => {
  const { film } = await render({ caption: "" });
  await readFilm(film.outputPath, async (read) => {
    let before = await lumaAt(read, 0);
    for (let index = 1; index < film.frameCount; index++) {
      const now = await lumaAt(read, index / 30);
      const change =
        now.luma.reduce((sum, value, at) => sum + Math.abs(value - (before.luma[at] as number)), 0) /
        now.luma.length;
      expect(change).toBeLessThan(12);
      before = now;
    }
  });
});

test("a film that is to be silent has no sound track at all", async () => {
  const { probe } = await render({ sound: { kind: "none" }, frameCount: 10 });
  expect(probe).toMatchObject({ frameCount: 10, audioCodec: null, audioDurationSeconds: null });
});

test.each([
  ["longer than the film is cut", 5, { sampleRate: 44_100, channels: 2 }],
  ["of one channel at a low rate is brought to the film's", 5, { sampleRate: 16_000, channels: 1 }],
])("a given sound %s, from its beginning and at its pitch", async (_, seconds, kind) => {
  const path = join(await testFolder(), "tone.wav");
  await writeFile(path, makeWav(seconds, kind));
  const { film, probe } = await render({ sound: { kind: "file", path } });
  expect(Math.abs((probe.audioDurationSeconds ?? 0) - 2)).toBeLessThanOrEqual(1024 / 48_000);
  const sound = await readFilm(film.outputPath, soundOf);
  for (const [from, to] of [
    [0.05, 0.2],
    [1, 1.5],
    [1.8, 1.98],
  ] as const) {
    expect(loudness(sound, from, to)).toBeGreaterThan(-14);
    expect(Math.abs(pitch(sound, from, to) - 440)).toBeLessThan(8);
  }
});

test("a given sound shorter than the film is followed by silence", async () => {
  const path = join(await testFolder(), "tone.wav");
  await writeFile(path, makeWav(1));
  const { film, probe } = await render({ sound: { kind: "file", path } });
  expect(Math.abs((probe.audioDurationSeconds ?? 0) - 2)).toBeLessThanOrEqual(1024 / 48_000);
  const sound = await readFilm(film.outputPath, soundOf);
  expect(loudness(sound, 0.1, 0.95)).toBeGreaterThan(-14);
  expect(loudness(sound, 1.05, 1.95)).toBeLessThan(-60);
});

test("a mark is drawn into the lower right corner and nowhere else", async () => {
  const size = { width: 640, height: 360, frameCount: 1, caption: "" };
  const firstOf = async (mark: Partial<RenderTransition>) => {
    const { film } = await render({ ...size, ...mark });
    return readFilm(film.outputPath, (read) => lumaAt(read, 0));
  };
  const [marked, plain] = [await firstOf({ mark: "AI" }), await firstOf({})];
  const region = markRegion(size, "AI", "");
  expect(region.left + region.width).toBeGreaterThan(600);
  expect(ssim(marked, plain, [region])).toBeGreaterThan(0.97);
  expect(ssim(marked, plain)).toBeLessThan(ssim(marked, plain, [region]) - 0.001);
});

test.each([
  { width: 208, height: 1776 },
  { width: 160, height: 5536 },
  { width: 1920, height: 1080 },
])("mark and caption never overlap in a film of $width × $height, and both fit", (size) => {
  const caption = captionRegion(size, "Demo · no AI was used");
  const mark = markRegion(size, "AI", "Demo · no AI was used");
  const isBeside = mark.left >= caption.left + caption.width;
  const isAbove = mark.top + mark.height <= caption.top;
  expect(isBeside || isAbove).toBe(true);
  expect(mark.left + mark.width).toBeLessThanOrEqual(size.width);
  expect(mark.top).toBeGreaterThanOrEqual(0);
});

test("a picture that cannot be read leaves no file, and is the input's fault", async () => {
  const { film, folder } = await render({ frameCount: 2 });
  await writeFile(film.lastPicturePath, "no picture");
  const outputPath = join(folder, "second.mp4");
  await expect(renderTransition({ ...film, outputPath }, context)).rejects.toMatchObject({ blame: "input" });
  expect(await readdir(folder)).not.toContainEqual(expect.stringContaining("second"));
});
