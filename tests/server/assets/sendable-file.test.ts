import { Readable } from "node:stream";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SlotName } from "@/lib/domain/models/model";
import { drivingAudioOf27, firstClipOf27, frameOf22, frameOf27 } from "@/lib/domain/models/wan-slots";
import { type SendableFile, sendableFile } from "@/lib/server/assets/sendable-file";
import { storeUpload } from "@/lib/server/assets/store-upload";
import { sweepStrayBlobs } from "@/lib/server/assets/sweep-stray-blobs";
import type { MediaProcess } from "@/lib/server/media/media-process";
import type { Storage } from "@/lib/server/storage/storage";
import { makeWav } from "@/tests/server/media/make-wav";
import { jpegPicture } from "@/tests/support/pictures";
import { openTestStudio, type TestStudio, testMedia } from "@/tests/support/test-studio";

let studio: TestStudio;
let ran: string[];
beforeEach(async () => {
  studio = await openTestStudio();
  ran = [];
  // The real one, with a list of what it was asked.
  const media: MediaProcess = {
    ...testMedia(),
    run: (name, ...rest) => {
      ran.push(name);
      return testMedia().run(name, ...rest);
    },
  };
  studio = { ...studio, media };
});
afterEach(() => studio.remove());

async function store(bytes: Buffer, fileName: string, slot: SlotName = "firstFrame") {
  const { asset } = await storeUpload(studio, "usr_a", {
    body: Readable.from([bytes]),
    announcedBytes: bytes.length,
    fileName,
    slot,
    modelId: "wan2.7-i2v",
  });
  return (await studio.assets.find("usr_a", asset.id)) ?? expect.fail("it was not stored");
}

const clearPicture = (width = 400, height = 300) =>
  sharp({ create: { width, height, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0.5 } } })
    .png()
    .toBuffer();

const bytesOf = (file: SendableFile) =>
  studio.storage.withLocalFile(file.blobKey, (path) => sharp(path).metadata());

describe("a file for a vendor's slot", () => {
  it("is the stored file itself where that fits", async () => {
    const asset = await store(await jpegPicture(400, 300), "boat.jpg");
    expect(await sendableFile(studio, asset, frameOf27)).toMatchObject({
      id: asset.id,
      blobKey: asset.blobKey,
      sizeBytes: asset.sizeBytes,
    });
    expect(ran).not.toContain("flatten-image");
  });

  it("is redrawn once per limit, however often it is asked for, and once more when its bytes are gone", async () => {
    const asset = await store(await clearPicture(), "clear.png");
    const file = await sendableFile(studio, asset, frameOf27);
    expect(await sendableFile(studio, asset, { ...frameOf27 })).toEqual(file);
    expect(ran.filter((name) => name === "flatten-image")).toHaveLength(1);
    expect(await bytesOf(file)).toMatchObject({ format: "png", hasAlpha: false });

    expect((await sendableFile(studio, asset, frameOf22)).id).not.toBe(file.id);
    await studio.storage.remove(file.blobKey);
    expect(await sendableFile(studio, asset, frameOf27)).toEqual(file);
    expect(ran.filter((name) => name === "flatten-image")).toHaveLength(3);
    expect(await bytesOf(file)).toMatchObject({ format: "png", hasAlpha: false });
  });

  it("keeps to the bytes of the slot, though a palette of few colours grows as it is redrawn", async () => {
    // Noise in 16 colours: light as a palette, heavy as RGB.
    const asset = await store(
      await sharp({
        create: {
          width: 800,
          height: 600,
          channels: 4,
          background: "#808080",
          noise: { type: "gaussian", sigma: 80 },
        },
      })
        .ensureAlpha(0.6)
        .png({ palette: true, colours: 16 })
        .toBuffer(),
      "grown.png",
    );
    const slot = { ...frameOf22, bytesMax: asset.sizeBytes };
    const file = await sendableFile(studio, asset, slot);
    expect(file.sizeBytes).toBeLessThanOrEqual(slot.bytesMax);
    expect(await bytesOf(file)).toMatchObject({ format: "jpeg", hasAlpha: false });
    expect(file).toMatchObject({ mediaType: "image/jpeg", blobKey: expect.stringMatching(/\.jpg$/) });
    // The room is there: with as many bytes as it needs it stays lossless.
    expect((await sendableFile(studio, asset, frameOf27)).mediaType).toBe("image/png");
  });

  it("goes with the last asset of its content, and nothing of it stays when making it fails", async () => {
    const bytes = await clearPicture();
    const asset = await store(bytes, "clear.png");
    const { blobKey } = await sendableFile(studio, asset, frameOf27);
    expect(await sweepStrayBlobs(studio)).toBe(0);
    await studio.assets.sweepBlobs({ announcedIds: [await studio.assets.announceBlob(blobKey, 0)] }, (key) =>
      studio.storage.remove(key),
    );
    expect(await studio.storage.stat(blobKey)).not.toBeNull();

    await studio.db.deleteFrom("assets").where("id", "=", asset.id).execute();
    expect(await sweepStrayBlobs(studio)).toBe(1);
    expect(await studio.storage.stat(blobKey)).toBeNull();

    const again = await store(bytes, "clear.png");
    const before = await studio.listFiles();
    await expect(sendableFile(studio, again, { ...frameOf27, bytesMax: 100 })).rejects.toMatchObject({
      blame: "input",
    });
    const full: Storage = { ...studio.storage, put: () => Promise.reject(new Error("no room")) };
    await expect(sendableFile({ ...studio, storage: full }, again, frameOf27)).rejects.toThrow("no room");
    expect(await studio.listFiles()).toEqual(before);
    expect(await studio.db.selectFrom("pending_blobs").selectAll().execute()).toEqual([]);
  });
});

describe("the padding that encoders add", () => {
  it("is cut off a sound that a vendor's 30 s would refuse", async () => {
    const asset = await store(makeWav(30.05, { sampleRate: 8000 }), "song.wav", "drivingAudio");
    expect(asset.durationSeconds).toBe(30.05);
    const file = await sendableFile(studio, asset, drivingAudioOf27);
    expect(file).toMatchObject({ mediaType: "audio/wav", blobKey: expect.stringMatching(/\.wav$/) });
    const { durationSeconds } = await studio.storage.withLocalFile(file.blobKey, (path) =>
      studio.media.run("probe-audio", { path }),
    );
    expect(durationSeconds).toBeGreaterThan(29.5);
    expect(durationSeconds).toBeLessThanOrEqual(30);
    expect(
      await sendableFile(
        studio,
        await store(makeWav(30, { sampleRate: 8000 }), "exact.wav", "drivingAudio"),
        drivingAudioOf27,
      ),
    ).toMatchObject({ sizeBytes: 44 + 30 * 8000 * 4 });
  });

  it("is cut off a clip, whose other pictures stay what they were", async () => {
    const path = studio.incoming.newPath(".png");
    await sharp(await jpegPicture(320, 240)).toFile(path);
    const clipPath = studio.incoming.newPath(".mp4");
    await studio.media.run("render-move", {
      picturePath: path,
      outputPath: clipPath,
      width: 320,
      height: 240,
      frameCount: 302,
      framesPerSecond: 30,
      caption: "",
      seed: 1,
    });
    const { readFile } = await import("node:fs/promises");
    const asset = await store(await readFile(clipPath), "clip.mp4", "firstClip");
    expect(asset.durationSeconds).toBeCloseTo(302 / 30, 3);
    const file = await sendableFile(studio, asset, firstClipOf27);
    expect(file.mediaType).toBe("video/mp4");
    const probe = await studio.storage.withLocalFile(file.blobKey, (cut) =>
      studio.media.run("probe-video", { path: cut }),
    );
    expect(probe).toMatchObject({ frameCount: 300, width: 320, height: 240, audioCodec: "aac" });
    expect(probe.durationSeconds).toBeCloseTo(10, 6);
    expect(probe.audioDurationSeconds).toBeLessThanOrEqual(10);
  });
});
