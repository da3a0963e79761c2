import { readFile, rm, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isAppError } from "@/lib/domain/errors";
import { storeUpload, type Upload } from "@/lib/server/assets/store-upload";
import { jpegPicture } from "@/tests/support/pictures";
import { openTestStudio, type TestStudio, testMedia } from "@/tests/support/test-studio";

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

function upload(bytes: Buffer, fileName: string, change: Partial<Upload> = {}) {
  return storeUpload(studio, "usr_a", {
    body: Readable.from([bytes]),
    announcedBytes: bytes.length,
    fileName,
    slot: "drivingAudio",
    modelId: "wan2.7-i2v",
    ...change,
  });
}

async function refusal(promise: Promise<unknown>) {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw error ?? new Error("The upload was taken");
  expect(await studio.listFiles()).toEqual([]);
  return { status: error.status, code: error.code, message: error.message };
}

/** 16-bit mono PCM, a quiet tone. */
function wav(seconds: number, rate = 8000): Buffer {
  const frames = Math.round(seconds * rate);
  const bytes = Buffer.alloc(44 + frames * 2);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + frames * 2, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(frames * 2, 40);
  for (let frame = 0; frame < frames; frame += 1) {
    bytes.writeInt16LE(Math.round(4000 * Math.sin(frame / 6)), 44 + frame * 2);
  }
  return bytes;
}

/** MPEG-1 layer III, 128 kbit/s at 44.1 kHz: frames of nothing but silence. */
function mp3(frames: number): Buffer {
  const frame = Buffer.alloc(417);
  frame.writeUInt32BE(0xfffb9064, 0);
  return Buffer.concat(Array<Buffer>(frames).fill(frame));
}

describe("a sound that fits", () => {
  it("is measured and kept, without a preview: WAV", async () => {
    const { asset } = await upload(wav(2.5), "voice.wav");
    expect(asset).toMatchObject({
      kind: "audio",
      mediaType: "audio/wav",
      durationSeconds: 2.5,
      width: null,
      height: null,
    });
    expect(await studio.listFiles()).toEqual([expect.stringMatching(/^storage\/assets\/.*\.wav$/)]);
  });

  it("is measured and kept: MP3", async () => {
    const { asset } = await upload(mp3(115), "voice.mp3");
    expect(asset).toMatchObject({ kind: "audio", mediaType: "audio/mpeg" });
    expect(asset.durationSeconds).toBeCloseTo((115 * 1152) / 44_100, 2);
  });

  it.each([2, 30])("may last exactly %i s", async (seconds) => {
    expect((await upload(wav(seconds), "edge.wav")).asset.durationSeconds).toBe(seconds);
  });

  it("may be as much too long as encoders make it, and no more", async () => {
    expect((await upload(wav(30.1), "padded.wav")).asset.durationSeconds).toBe(30.1);
    // As many frames as LAME makes of 30 s.
    expect((await upload(mp3(1150), "padded.mp3")).asset.durationSeconds).toBeCloseTo(30.04, 2);
    await expect(upload(wav(30.2), "long.wav")).rejects.toMatchObject({ code: "file-out-of-limits" });
  });

  it("of an unknown length, as a program writes it into a pipe, is measured by what is there", async () => {
    const piped = wav(3);
    piped.writeUInt32LE(0xffffffff, 4);
    piped.writeUInt32LE(0xffffffff, 40);
    expect((await upload(piped, "piped.wav")).asset.durationSeconds).toBe(3);
  });
});

describe("a sound that does not fit is refused in words", () => {
  it.each([
    [1.9, "wan2.7-i2v", "“a.wav” lasts 1.9 s. A driving audio lasts 2 to 30 s."],
    [31.2, "wan2.7-i2v", "“a.wav” lasts 31.2 s. A driving audio lasts 2 to 30 s."],
    [2.5, "wan2.6-i2v", "“a.wav” lasts 2.5 s. A driving audio lasts 3 to 30 s."],
  ])("%f s for %s", async (seconds, modelId, message) => {
    expect(await refusal(upload(wav(seconds), "a.wav", { modelId }))).toEqual({
      status: 422,
      code: "file-out-of-limits",
      message,
    });
  });

  it("one that is cut off", async () => {
    const whole = wav(6);
    expect(await refusal(upload(whole.subarray(0, whole.length / 2), "half.wav"))).toEqual({
      status: 422,
      code: "file-damaged",
      message:
        "“half.wav” is cut off: its sound ends before the length that it claims. A driving audio takes WAV or MP3 of 2 to 30 s.",
    });
  });

  it("one with no sound in it", async () => {
    expect((await refusal(upload(wav(0), "empty.wav"))).message).toMatch(/^“empty.wav” has no sound in it\./);
  });

  it("one in a code that nobody here reads", async () => {
    const coded = wav(3);
    coded.writeUInt16LE(0x1234, 20);
    const { code, message } = await refusal(upload(coded, "odd.wav"));
    expect(code).toBe("file-damaged");
    expect(message).toMatch(/^“odd.wav” is damaged: its sound cannot be read/);
  });

  it("a picture where a sound belongs, and a sound where a picture belongs", async () => {
    const picture = await jpegPicture(400, 300);
    expect((await refusal(upload(picture, "boat.mp3"))).message).toBe(
      "“boat.mp3” is a JPEG picture. A driving audio takes WAV or MP3.",
    );
    expect((await refusal(upload(wav(3), "voice.png", { slot: "firstFrame" }))).message).toBe(
      "“voice.png” is a WAV sound. A first frame takes JPEG, PNG, BMP or WEBP.",
    );
  });

  it("one for a model that takes none", async () => {
    expect((await refusal(upload(wav(3), "a.wav", { modelId: "wan2.2-i2v-plus" }))).code).toBe("bad-request");
  });
});

describe("a clip", () => {
  let clip: Buffer;
  let short: Buffer;
  let small: Buffer;

  beforeAll(async () => {
    const render = async (side: number, frameCount: number): Promise<Buffer> => {
      const picturePath = `/tmp/firstframe-clip-${process.pid}.jpg`;
      const outputPath = `/tmp/firstframe-clip-${process.pid}-${side}-${frameCount}.mp4`;
      await writeFile(picturePath, await jpegPicture(300, 300));
      await testMedia().run("render-move", {
        picturePath,
        outputPath,
        width: side,
        height: side,
        frameCount,
        framesPerSecond: 10,
        caption: "",
        seed: 1,
      });
      const bytes = await readFile(outputPath);
      await Promise.all([picturePath, outputPath].map((path) => rm(path)));
      return bytes;
    };
    clip = await render(240, 20);
    short = await render(240, 15);
    small = await render(224, 20);
  });
  afterAll(() => {
    clip = short = small = Buffer.alloc(0);
  });

  it("that fits is measured and kept: MP4, and the same as MOV", async () => {
    const measured = { kind: "video", width: 240, height: 240, durationSeconds: 2 };
    const { asset } = await upload(clip, "take.mp4", { slot: "firstClip" });
    expect(asset).toMatchObject({ ...measured, mediaType: "video/mp4" });
    // Its first frame, for the card of what continues it.
    const stored = await studio.assets.find("usr_a", asset.id);
    const preview = await studio.storage.withLocalFile(stored?.previewKey ?? "", (path) =>
      sharp(path).metadata(),
    );
    expect(preview).toMatchObject({ format: "webp", width: 240, height: 240 });
    const mov = Buffer.from(clip);
    mov.write("qt  ", 8);
    const second = await upload(mov, "take.mov", { slot: "firstClip" });
    expect(second.asset).toMatchObject({ ...measured, mediaType: "video/quicktime" });
  });

  it("that is too short is refused in words", async () => {
    expect(await refusal(upload(short, "blink.mp4", { slot: "firstClip" }))).toEqual({
      status: 422,
      code: "file-out-of-limits",
      message: "“blink.mp4” lasts 1.5 s. A clip lasts 2 to 10 s.",
    });
  });

  it("that is too small is refused in words", async () => {
    expect((await refusal(upload(small, "stamp.mp4", { slot: "firstClip" }))).message).toBe(
      "“stamp.mp4” is 224 × 224. A clip has 240 to 4096 pixels on each side.",
    );
  });

  it("that is cut off is explained", async () => {
    const cut = clip.subarray(0, Math.floor(clip.length * 0.6));
    const { status, code, message } = await refusal(upload(cut, "cut.mp4", { slot: "firstClip" }));
    expect([status, code]).toEqual([422, "file-damaged"]);
    expect(message).toMatch(/^“cut.mp4” is damaged.*A clip takes MP4 or MOV of 2 to 10 s/);
  });

  it("has no place in a model that cannot continue one", async () => {
    const refused = await refusal(upload(clip, "take.mp4", { slot: "firstClip", modelId: "wan2.6-i2v" }));
    expect(refused.code).toBe("bad-request");
  });
});
