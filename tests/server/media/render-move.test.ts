import { createHash } from "node:crypto";
import { open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathTarget,
  MovOutputFormat,
  Output,
} from "mediabunny";
import sharp from "sharp";
import { expect, test } from "vitest";
import { cameraPath } from "@/lib/server/media/camera-path";
import { captionRegion } from "@/lib/server/media/caption";
import { makePoster } from "@/lib/server/media/make-poster";
import type { RenderMove, VideoProbe } from "@/lib/server/media/media-tasks";
import { probeVideo } from "@/lib/server/media/probe-video";
import { renderMove } from "@/lib/server/media/render-move";
import { writeWholeFor } from "@/lib/server/media/write-whole";
import { makePicture } from "@/tests/fixtures/media/make-picture";
import { lumaAt, pictureTimes, readFilm, soundOf } from "@/tests/fixtures/media/read-film";
import { testFolder } from "@/tests/fixtures/media/test-folder";

const signal = new AbortController().signal;
const context = { writeWhole: writeWholeFor("attempt", signal), signal };
const shot = {
  width: 320,
  height: 240,
  frameCount: 60,
  framesPerSecond: 30,
  caption: "Demo · no AI was used",
  seed: 5,
};

async function render(
  change: Partial<RenderMove> = {},
  picture = makePicture(640, 480),
): Promise<{ film: RenderMove; probe: VideoProbe }> {
  const folder = await testFolder();
  const picturePath = join(folder, "in.png");
  await picture.png().toFile(picturePath);
  const film = { ...shot, picturePath, outputPath: join(folder, "out.mp4"), ...change };
  return { film, probe: await renderMove(film, context) };
}

test("a film has exactly the pictures asked for, evenly spaced, and sound of the same length", async () => {
  const { film, probe } = await render({ frameCount: 90 });
  expect(probe).toMatchObject({
    mediaType: "video/mp4",
    width: 320,
    height: 240,
    frameCount: 90,
    framesPerSecond: 30,
    durationSeconds: 3,
    videoCodec: "avc",
    audioCodec: "aac",
  });
  await readFilm(film.outputPath, async (read) => {
    const times = await pictureTimes(read);
    expect(times).toHaveLength(90);
    times.forEach((time, index) => {
      expect(time).toBeCloseTo(index / 30, 6);
    });
    expect(await read.audio.getNumberOfChannels()).toBe(2);
    expect(await read.audio.getSampleRate()).toBe(48_000);
    const soundSeconds = await read.audio.computeDuration();
    expect(Math.abs(soundSeconds - 3)).toBeLessThanOrEqual(1024 / 48_000);
  });
});

test("browsers can play it: High or Main, 4:2:0 of 8 bits, tagged BT.709 limited, and the index before the pictures", async () => {
  const { film } = await render({ frameCount: 10 });
  const bytes = await readFile(film.outputPath);
  expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
  await readFilm(film.outputPath, async ({ video }) => {
    const { codec, colorSpace } = (await video.getDecoderConfig()) as VideoDecoderConfig;
    expect(codec).toMatch(/^avc1\.(64|4d)00/i);
    expect(colorSpace).toMatchObject({
      primaries: "bt709",
      transfer: "bt709",
      matrix: "bt709",
      fullRange: false,
    });
  });
});

test("the first picture is the given one, uncropped and upright, outside the caption", async () => {
  const given = makePicture(480, 640).withMetadata({ orientation: 8 });
  const { film } = await render({}, given);
  const first = await readFilm(film.outputPath, (read) => lumaAt(read, 0));
  const rgb = await sharp(await given.png().toBuffer())
    .autoOrient()
    .resize(320, 240, { fit: "cover" })
    .raw()
    .toBuffer();
  const caption = captionRegion(film, film.caption);
  let error = 0;
  let count = 0;
  for (let at = 0; at < 320 * 240; at++) {
    const [x, y] = [at % 320, Math.floor(at / 320)];
    const isCaption =
      x >= caption.left &&
      x < caption.left + caption.width &&
      y >= caption.top &&
      y < caption.top + caption.height;
    if (isCaption) continue;
    const [red = 0, green = 0, blue = 0] = rgb.subarray(at * 3, at * 3 + 3);
    error += Math.abs(
      (first.luma[at] as number) - (16 + (219 / 255) * (0.2126 * red + 0.7152 * green + 0.0722 * blue)),
    );
    count++;
  }
  expect(error / count).toBeLessThan(2);
});

test("the camera moves, smoothly: each step between pictures resembles its neighbours", async () => {
  const { film } = await render({ caption: "" });
  const steps = await readFilm(film.outputPath, async (read) => {
    const changes: number[] = [];
    let before = await lumaAt(read, 0);
    for (let index = 1; index < film.frameCount; index++) {
      const now = await lumaAt(read, index / 30);
      changes.push(
        now.luma.reduce((sum, value, at) => sum + Math.abs(value - (before.luma[at] as number)), 0) /
          now.luma.length,
      );
      before = now;
    }
    return changes;
  });
  const middle = steps.slice(15, 45);
  const mean = middle.reduce((sum, step) => sum + step, 0) / middle.length;
  expect(mean).toBeGreaterThan(0.5);
  // Whole-pixel cropping stands still for some pictures and then jumps.
  for (const step of middle) {
    expect(step).toBeGreaterThan(mean * 0.4);
    expect(step).toBeLessThan(mean * 2.5);
  }
});

test("the camera starts on the whole picture, never leaves it, and never jerks", () => {
  for (let seed = 0; seed < 50; seed++) {
    const film = { width: 1280, height: 720, frameCount: 450, framesPerSecond: 30, seed };
    const windowAt = cameraPath(film);
    expect(windowAt(0)).toEqual({ left: 0, top: 0, zoom: 1 });
    for (let index = 1; index < film.frameCount; index++) {
      const { left, top, zoom } = windowAt(index);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(top).toBeGreaterThanOrEqual(0);
      expect(left + film.width / zoom).toBeLessThanOrEqual(film.width + 1e-9);
      expect(top + film.height / zoom).toBeLessThanOrEqual(film.height + 1e-9);
      expect(Math.abs(left - windowAt(index - 1).left)).toBeLessThan(2);
    }
  }
});

test("the caption is drawn inside its region and nowhere else", async () => {
  const size = { width: 640, height: 360 };
  const [withCaption, without] = await Promise.all([
    render({ ...size, frameCount: 2 }),
    render({ ...size, frameCount: 2, caption: "" }),
  ]);
  const firstOf = ({ film }: { film: RenderMove }) => readFilm(film.outputPath, (read) => lumaAt(read, 0));
  const [drawn, plain] = [await firstOf(withCaption), await firstOf(without)];
  const region = captionRegion(size, shot.caption);
  let inside = 0;
  let outside = 0;
  drawn.luma.forEach((value, at) => {
    const [x, y] = [at % size.width, Math.floor(at / size.width)];
    const isInside =
      x >= region.left && x < region.left + region.width && y >= region.top && y < region.top + region.height;
    // The encoder smears a few pixels over the edge.
    const isNear =
      x >= region.left - 16 &&
      x < region.left + region.width + 16 &&
      y >= region.top - 16 &&
      y < region.top + region.height + 16;
    const difference = Math.abs(value - (plain.luma[at] as number));
    if (isInside) inside += difference;
    else if (!isNear) outside = Math.max(outside, difference);
  });
  expect(inside / (region.width * region.height)).toBeGreaterThan(20);
  expect(outside).toBeLessThan(16);
});

test.each([
  { width: 208, height: 1776 },
  { width: 1776, height: 208 },
  { width: 1920, height: 1072 },
])("the caption fits a film of $width × $height, in a lower corner", ({ width, height }) => {
  const region = captionRegion({ width, height }, shot.caption);
  expect(region.left + region.width).toBeLessThanOrEqual(width);
  expect(region.top + region.height).toBeLessThanOrEqual(height);
  expect(region.top).toBeGreaterThan(height / 2);
  expect(region.height).toBeLessThan(height / 8);
});

test("the sound is soft, begins and ends in silence, and does not click", async () => {
  const { film } = await render({ frameCount: 90 });
  const sound = await readFilm(film.outputPath, soundOf);
  const loudness = (from: number, to: number) => {
    const part = sound.subarray(from * 48_000, to * 48_000);
    return 20 * Math.log10(Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length));
  };
  expect(loudness(1, 2)).toBeGreaterThan(-32);
  expect(loudness(1, 2)).toBeLessThan(-14);
  expect(loudness(0, 0.01)).toBeLessThan(-50);
  expect(loudness(2.99, 3)).toBeLessThan(-50);
  const steepest = sound.reduce(
    (most, value, at) => Math.max(most, Math.abs(value - (sound[at - 1] ?? 0))),
    0,
  );
  expect(steepest).toBeLessThan(0.02);
});

test("the same seed gives the same film, another seed another", async () => {
  const [first, again, other] = [await render(), await render(), await render({ seed: 6 })];
  const packets = ({ film }: { film: RenderMove }) =>
    readFilm(film.outputPath, async ({ video, audio }) => {
      const hash = createHash("sha256");
      for (const track of [video, audio]) {
        for await (const packet of new EncodedPacketSink(track).packets()) hash.update(packet.data);
      }
      return hash.digest("hex");
    });
  expect(await packets(again)).toBe(await packets(first));
  expect(await packets(other)).not.toBe(await packets(first));
});

test("an abort leaves no file", async () => {
  const folder = await testFolder();
  const picturePath = join(folder, "in.png");
  await makePicture(64, 64).png().toFile(picturePath);
  const aborting = new AbortController();
  const film = { ...shot, picturePath, outputPath: join(folder, "out.mp4"), frameCount: 9000 };
  const rendering = renderMove(film, {
    writeWhole: writeWholeFor("attempt", aborting.signal),
    signal: aborting.signal,
  });
  await expect.poll(() => readdir(folder)).toContain("out.mp4.attempt.tmp");
  aborting.abort(new Error("enough"));
  await expect(rendering).rejects.toThrow("enough");
  expect(await readdir(folder)).toEqual(["in.png"]);
});

test("a film is measured from its file, and its poster is its first picture in true colours", async () => {
  const colours = sharp({
    create: { width: 320, height: 240, channels: 3, background: { r: 200, g: 60, b: 30 } },
  });
  const { film, probe } = await render({ frameCount: 31 }, colours);
  expect(await probeVideo({ path: film.outputPath })).toEqual(probe);
  const posterPath = `${film.outputPath}.jpg`;
  expect(await makePoster({ path: film.outputPath, outputPath: posterPath }, context.writeWhole)).toEqual({
    width: 320,
    height: 240,
  });
  const pixel = await sharp(posterPath).extract({ left: 160, top: 60, width: 1, height: 1 }).raw().toBuffer();
  const [red = 0, green = 0, blue = 0] = pixel;
  expect(Math.max(Math.abs(red - 200), Math.abs(green - 60), Math.abs(blue - 30))).toBeLessThan(6);
});

test("a cut film, and a file that is none, are the file's fault", async () => {
  const { film } = await render({ frameCount: 20 });
  const file = await open(film.outputPath, "r+");
  await file.truncate(Math.floor((await file.stat()).size / 2));
  await file.close();
  await expect(probeVideo({ path: film.outputPath })).rejects.toMatchObject({ blame: "input" });
  await writeFile(film.outputPath, "hello");
  await expect(probeVideo({ path: film.outputPath })).rejects.toMatchObject({ blame: "input" });
});

test("a film turned by a flag, in a MOV, is measured and pictured as it is shown", async () => {
  const { film } = await render({ caption: "", frameCount: 15 }, topRed());
  const turnedPath = `${film.outputPath}.mov`;
  const output = new Output({ format: new MovOutputFormat(), target: new FilePathTarget(turnedPath) });
  await readFilm(film.outputPath, async ({ video }) => {
    const source = new EncodedVideoPacketSource("avc");
    output.addVideoTrack(source, { rotation: 90 });
    await output.start();
    const decoderConfig = (await video.getDecoderConfig()) as VideoDecoderConfig;
    for await (const packet of new EncodedPacketSink(video).packets())
      await source.add(packet, { decoderConfig });
    await output.finalize();
  });
  const posterPath = `${turnedPath}.jpg`;
  expect(await probeVideo({ path: turnedPath })).toMatchObject({
    mediaType: "video/quicktime",
    width: 240,
    height: 320,
    audioCodec: null,
    audioDurationSeconds: null,
  });
  expect(await makePoster({ path: turnedPath, outputPath: posterPath }, context.writeWhole)).toEqual({
    width: 240,
    height: 320,
  });
  // Turned by 90° clockwise, what was on top is on the right.
  const [red = 0] = await sharp(posterPath)
    .extract({ left: 220, top: 160, width: 1, height: 1 })
    .raw()
    .toBuffer();
  const [left = 0] = await sharp(posterPath)
    .extract({ left: 20, top: 160, width: 1, height: 1 })
    .raw()
    .toBuffer();
  expect([red > 200, left < 60]).toEqual([true, true]);
});

function topRed() {
  return sharp({ create: { width: 320, height: 240, channels: 3, background: "#0000ff" } }).composite([
    {
      input: { create: { width: 320, height: 120, channels: 3, background: "#ff0000" } },
      left: 0,
      top: 0,
    },
  ]);
}
