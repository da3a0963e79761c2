import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathTarget,
  MovOutputFormat,
  Output,
} from "mediabunny";
import { expect, test } from "vitest";
import { captionRegion } from "@/lib/server/media/caption";
import type { RenderContinuation, RenderMove } from "@/lib/server/media/media-tasks";
import { probeVideo } from "@/lib/server/media/probe-video";
import { renderContinuation } from "@/lib/server/media/render-continuation";
import { renderMove } from "@/lib/server/media/render-move";
import { writeWholeFor } from "@/lib/server/media/write-whole";
import { makePicture } from "@/tests/fixtures/media/make-picture";
import { lumaAt, readFilm, soundOf } from "@/tests/fixtures/media/read-film";
import { testFolder } from "@/tests/fixtures/media/test-folder";
import { lumaOfPicture, ssim } from "./film-likeness";
import { loudness, makeWav, pitch } from "./make-wav";

const signal = new AbortController().signal;
const context = { writeWhole: writeWholeFor("attempt", signal), signal };
const last = () => makePicture(640, 480).negate().rotate(180);

/** A clip to go on from: a camera move of two seconds, at 320 × 240. */
async function makeClip(change: Partial<RenderMove> = {}): Promise<RenderMove> {
  const folder = await testFolder();
  const picturePath = join(folder, "in.png");
  await makePicture(640, 480).png().toFile(picturePath);
  const clip: RenderMove = {
    width: 320,
    height: 240,
    frameCount: 60,
    framesPerSecond: 30,
    caption: "",
    seed: 3,
    picturePath,
    outputPath: join(folder, "clip.mp4"),
    ...change,
  };
  await renderMove(clip, context);
  return clip;
}

async function goOn(clipPath: string, change: Partial<RenderContinuation> = {}) {
  const film: RenderContinuation = {
    width: 320,
    height: 240,
    frameCount: 90,
    framesPerSecond: 30,
    caption: "Demo · no AI was used",
    seed: 5,
    clipPath,
    clipFrameCount: 60,
    lastPicturePath: null,
    outputPath: join(await testFolder(), "out.mp4"),
    ...change,
  };
  return { film, probe: await renderContinuation(film, context), mask: [captionRegion(film, film.caption)] };
}

test("a continuation begins with the clip's own pictures, each at its time, and goes on from the last of them", async () => {
  const clip = await makeClip();
  const { film, probe, mask } = await goOn(clip.outputPath, { frameCount: 105 });
  expect(probe).toMatchObject({
    width: 320,
    height: 240,
    frameCount: 105,
    framesPerSecond: 30,
    durationSeconds: 3.5,
  });
  await readFilm(clip.outputPath, (own) =>
    readFilm(film.outputPath, async (read) => {
      for (const index of [0, 1, 20, 41, 59]) {
        const likeness = ssim(await lumaAt(read, index / 30), await lumaAt(own, index / 30), mask);
        expect(likeness, `picture ${index}`).toBeGreaterThan(0.95);
      }
      for (const index of [20, 30, 41]) {
        const seen = await lumaAt(read, index / 30);
        const likenessTo = async (other: number) => ssim(seen, await lumaAt(own, other / 30), mask);
        expect(await likenessTo(index)).toBeGreaterThan(await likenessTo(index - 2));
        expect(await likenessTo(index)).toBeGreaterThan(await likenessTo(index + 2));
      }
      const end = await lumaAt(own, 59 / 30);
      expect(ssim(await lumaAt(read, 60 / 30), end, mask)).toBeGreaterThan(0.93);
      expect(ssim(await lumaAt(read, 104 / 30), end, mask)).toBeLessThan(0.9);
    }),
  );
});

test("a continuation ends on the last frame where one is given", async () => {
  const clip = await makeClip();
  const lastPicturePath = join(await testFolder(), "last.png");
  await last().png().toFile(lastPicturePath);
  const { film, mask } = await goOn(clip.outputPath, { lastPicturePath });
  await readFilm(film.outputPath, async (read) => {
    const end = await lumaAt(read, 89 / 30);
    expect(ssim(end, await lumaOfPicture(last(), 320, 240), mask)).toBeGreaterThan(0.95);
  });
});

test("the clip's own sound is kept, and a soft one comes after it", async () => {
  const wavPath = join(await testFolder(), "tone.wav");
  await writeFile(wavPath, makeWav(3));
  const clip = await makeClip({ sound: { kind: "file", path: wavPath } });
  const { film } = await goOn(clip.outputPath, { frameCount: 120 });
  const sound = await readFilm(film.outputPath, soundOf);
  expect(sound.length / 48_000).toBeGreaterThan(3.9);
  for (const [from, to] of [
    [0.1, 0.5],
    [1.5, 1.95],
  ] as const) {
    expect(loudness(sound, from, to)).toBeGreaterThan(-14);
    expect(Math.abs(pitch(sound, from, to) - 440)).toBeLessThan(8);
  }
  const after = loudness(sound, 2.6, 3.4);
  expect(after).toBeLessThan(-16);
  expect(after).toBeGreaterThan(-40);
});

test("a silent clip stays silent while it lasts", async () => {
  const clip = await makeClip({ sound: { kind: "none" } });
  const { film } = await goOn(clip.outputPath, { frameCount: 120 });
  const sound = await readFilm(film.outputPath, soundOf);
  expect(loudness(sound, 0.1, 1.95)).toBeLessThan(-60);
  expect(loudness(sound, 2.6, 3.4)).toBeGreaterThan(-40);
});

test("a clip of another rate and size is shown at the film's, in true time", async () => {
  const clip = await makeClip({ width: 640, height: 480, framesPerSecond: 24, frameCount: 48 });
  const { film, mask } = await goOn(clip.outputPath);
  await readFilm(clip.outputPath, (own) =>
    readFilm(film.outputPath, async (read) => {
      for (const index of [0, 10, 30, 59]) {
        // Half a frame later, so that neither film is asked for an instant between two pictures.
        const at = (index + 0.5) / 30;
        const seen = await lumaAt(own, at);
        const small = { width: 320, height: 240, luma: halved(seen.luma, 640, 480) };
        expect(ssim(await lumaAt(read, at), small, mask), `picture ${index}`).toBeGreaterThan(0.93);
      }
    }),
  );
});

test("a clip turned by a flag goes on upright", async () => {
  const clip = await makeClip();
  const turnedPath = `${clip.outputPath}.mov`;
  const output = new Output({ format: new MovOutputFormat(), target: new FilePathTarget(turnedPath) });
  await readFilm(clip.outputPath, async ({ video }) => {
    const source = new EncodedVideoPacketSource("avc");
    output.addVideoTrack(source, { rotation: 90 });
    await output.start();
    const decoderConfig = (await video.getDecoderConfig()) as VideoDecoderConfig;
    for await (const packet of new EncodedPacketSink(video).packets())
      await source.add(packet, { decoderConfig });
    await output.finalize();
  });
  const { film, mask } = await goOn(turnedPath, { width: 240, height: 320 });
  const upright = await lumaOfPicture(makePicture(640, 480).rotate(90), 240, 320);
  await readFilm(film.outputPath, async (read) => {
    expect(ssim(await lumaAt(read, 0), upright, mask)).toBeGreaterThan(0.95);
  });
});

test("colours of the clip stay what they are", async () => {
  const clip = await makeClip();
  const { film } = await goOn(clip.outputPath, { caption: "" });
  await readFilm(clip.outputPath, (own) =>
    readFilm(film.outputPath, async (read) => {
      const [a, b] = [await lumaAt(read, 0), await lumaAt(own, 0)];
      const shift =
        a.luma.reduce((sum, value, at) => sum + value - (b.luma[at] as number), 0) / a.luma.length;
      expect(Math.abs(shift)).toBeLessThan(0.5);
    }),
  );
});

test("a clip that is gone is an error, and leaves nothing", async () => {
  const clip = await makeClip({ frameCount: 5 });
  await rm(clip.outputPath);
  await expect(goOn(clip.outputPath)).rejects.toThrow();
});

test("a long film takes no more memory than a short one", async () => {
  const clip = await makeClip({ frameCount: 150 });
  const grown = async (frameCount: number) => {
    global.gc?.();
    const before = process.memoryUsage.rss();
    await goOn(clip.outputPath, { frameCount, clipFrameCount: 150 });
    return (process.memoryUsage.rss() - before) / 2 ** 20;
  };
  await grown(160);
  expect(await grown(450)).toBeLessThan(150);
});

test("a continuation is a film like any other: the index comes first and it can be read back", async () => {
  const clip = await makeClip();
  const { film, probe } = await goOn(clip.outputPath);
  expect(await probeVideo({ path: film.outputPath })).toEqual(probe);
});

function halved(luma: Uint8Array, width: number, height: number): Uint8Array {
  const small = new Uint8Array((width / 2) * (height / 2));
  for (let y = 0; y < height / 2; y++) {
    for (let x = 0; x < width / 2; x++) {
      const at = 2 * y * width + 2 * x;
      const sum =
        (luma[at] as number) +
        (luma[at + 1] as number) +
        (luma[at + width] as number) +
        (luma[at + width + 1] as number);
      small[y * (width / 2) + x] = Math.round(sum / 4);
    }
  }
  return small;
}
