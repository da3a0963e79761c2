import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAppError } from "@/lib/domain/errors";
import { newId } from "@/lib/domain/ids";
import { displayName, storeUpload } from "@/lib/server/assets/store-upload";
import { STRAY_AFTER_MS, sweepStrayBlobs } from "@/lib/server/assets/sweep-stray-blobs";
import { jpegPicture, pngPicture } from "@/tests/support/pictures";
import { blankPng, bmp } from "@/tests/support/raw-pictures";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { openTinyDisk } from "@/tests/support/tiny-disk";

let studio: TestStudio;

beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

type Change = {
  announcedBytes?: number | null;
  body?: Readable;
  slot?: string;
  modelId?: string;
  ownerId?: string;
};

function upload(bytes: Buffer, fileName: string, change: Change = {}) {
  return storeUpload(studio, change.ownerId ?? "usr_a", {
    body: change.body ?? Readable.from(inChunks(bytes)),
    announcedBytes: change.announcedBytes === undefined ? bytes.length : change.announcedBytes,
    fileName,
    slot: change.slot ?? "firstFrame",
    modelId: change.modelId ?? "wan2.7-i2v",
  });
}

function* inChunks(bytes: Buffer, sizeBytes = 16_384) {
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}

async function refusal(
  promise: Promise<unknown>,
): Promise<{ status: number; code: string; message: string }> {
  try {
    await promise;
  } catch (error) {
    if (isAppError(error)) return { status: error.status, code: error.code, message: error.message };
    throw error;
  }
  throw new Error("The upload was taken");
}

async function expectNothingStored(): Promise<void> {
  expect(await studio.listFiles()).toEqual([]);
  expect(await studio.db.selectFrom("assets").selectAll().execute()).toEqual([]);
  expect(await studio.db.selectFrom("pending_blobs").selectAll().execute()).toEqual([]);
}

describe("a disk that is full", () => {
  // The second leaves room for the picture itself, and none for its preview.
  it.each([
    ["at the first byte", 0],
    ["at the preview", 1],
  ])("%s refuses the upload with 507 and in words, and keeps nothing", async (_name, room) => {
    const disk = await openTinyDisk(1_048_576);
    if (!disk) return expect(process.getuid?.()).not.toBe(0);
    try {
      const bytes = await jpegPicture(800, 600);
      const pages = Math.ceil(bytes.length / 4096) * room;
      await writeFile(join(disk.path, "ballast"), Buffer.alloc(1_048_576 - pages * 4096));
      studio.incoming.newPath = (extension = "") => join(disk.path, newId("req") + extension);
      const { status, message } = await refusal(upload(bytes, "boat.jpg"));
      expect([status, message]).toEqual([
        507,
        "“boat.jpg” could not be kept: the server's disk is full. Nothing was stored; send it again when there is room.",
      ]);
      await expectNothingStored();
      expect(await readdir(disk.path)).toEqual(["ballast"]);
    } finally {
      await disk.remove();
    }
  });
});

describe("a picture that fits", () => {
  it.each(["jpeg", "png", "webp"] as const)("is measured and kept with a preview: %s", async (format) => {
    const bytes = await sharp(await jpegPicture(900, 1200))
      .toFormat(format)
      .toBuffer();
    const { asset, isNew } = await upload(bytes, `boat.${format}`);
    expect(isNew).toBe(true);
    expect(asset).toMatchObject({
      kind: "image",
      mediaType: `image/${format}`,
      fileName: `boat.${format}`,
      sizeBytes: bytes.length,
      width: 900,
      height: 1200,
    });
    const stored = await studio.assets.find("usr_a", asset.id);
    const preview = await studio.storage.withLocalFile(stored?.previewKey ?? "", (path) =>
      sharp(path).metadata(),
    );
    expect(preview).toMatchObject({ format: "webp", width: 480, height: 640 });
    const kept = await studio.storage.withLocalFile(stored?.blobKey ?? "", (path) => sharp(path).toBuffer());
    expect(kept.length).toBeGreaterThan(0);
    expect(await studio.listFiles()).toHaveLength(2);
  });

  it("keeps a BMP as well", async () => {
    const { asset } = await upload(bmp(300, 260), "plain.bmp");
    expect(asset).toMatchObject({ mediaType: "image/bmp", width: 300, height: 260 });
  });

  it("is measured upright when a flag in the file turns it", async () => {
    const bytes = await sharp(await jpegPicture(600, 400))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const { asset } = await upload(bytes, "phone.jpg");
    expect(asset).toMatchObject({ width: 400, height: 600 });
    expect((await studio.assets.find("usr_a", asset.id))?.needsFlattening).toBe(true);
  });

  it("is stored once per owner, whatever it is called the second time", async () => {
    const bytes = await jpegPicture(400, 300);
    const first = await upload(bytes, "one.jpg");
    const files = await studio.listFiles();
    const second = await upload(bytes, "two.jpg");
    expect(second).toEqual({ asset: first.asset, isNew: false });
    expect(await studio.listFiles()).toEqual(files);
  });

  it("has a row for each owner, one blob for both, and does not say that others have it", async () => {
    const bytes = await jpegPicture(400, 300);
    const mine = await upload(bytes, "one.jpg");
    const theirs = await upload(bytes, "one.jpg", { ownerId: "usr_b" });
    expect(theirs.isNew).toBe(true);
    expect(theirs.asset.id).not.toBe(mine.asset.id);
    expect(await studio.listFiles()).toHaveLength(2);
    expect(await studio.assets.find("usr_b", mine.asset.id)).toBeNull();
  });

  it("becomes one row when two equal uploads arrive at once", async () => {
    const bytes = await jpegPicture(400, 300);
    const [left, right] = await Promise.all([upload(bytes, "left.jpg"), upload(bytes, "right.jpg")]);
    expect(left.asset.id).toBe(right.asset.id);
    expect(await studio.listFiles()).toHaveLength(2);
    expect(await studio.db.selectFrom("pending_blobs").selectAll().execute()).toEqual([]);
  });
});

describe("a file that does not fit is refused in words, and nothing stays", () => {
  afterEach(expectNothingStored);

  it("an empty file", async () => {
    expect(await refusal(upload(Buffer.alloc(0), "nothing.png"))).toEqual({
      status: 422,
      code: "file-empty",
      message: "“nothing.png” is empty: it has 0 bytes.",
    });
  });

  it("a text file that is named .png", async () => {
    const { status, message } = await refusal(upload(Buffer.from("Dear diary,\ntoday…\n"), "notes.png"));
    expect(status).toBe(415);
    expect(message).toBe("“notes.png” is a text file. A first frame takes JPEG, PNG, BMP or WEBP.");
  });

  it("an SVG", async () => {
    const svg = Buffer.from(
      `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="600" height="600"/>`,
    );
    const { status, message } = await refusal(upload(svg, "logo.svg"));
    expect(status).toBe(415);
    expect(message).toContain("“logo.svg” is an SVG drawing.");
  });

  it("a GIF, whatever its name", async () => {
    const gif = await sharp(await jpegPicture(300, 300))
      .gif()
      .toBuffer();
    expect((await refusal(upload(gif, "still.jpg"))).message).toContain("is a GIF picture");
  });

  it("a JPEG that is cut off", async () => {
    const whole = await jpegPicture(1200, 900);
    const { status, code, message } = await refusal(upload(whole.subarray(0, whole.length / 2), "half.jpg"));
    expect([status, code]).toEqual([422, "file-damaged"]);
    expect(message).toMatch(/^“half.jpg” is damaged.*JPEG, PNG, BMP or WEBP/);
  });

  it("a PNG that is cut off", async () => {
    const whole = await pngPicture(800, 600);
    const { code } = await refusal(upload(whole.subarray(0, Math.floor(whole.length * 0.6)), "half.png"));
    expect(code).toBe("file-damaged");
  });

  it("a PNG of 8001 × 300", async () => {
    const { status, message } = await refusal(upload(await pngPicture(8001, 300), "wide.png"));
    expect(status).toBe(422);
    expect(message).toBe("“wide.png” is 8001 × 300. A first frame has 240 to 8000 pixels on each side.");
  });

  it("a strip of 1 × 9000", async () => {
    const { message } = await refusal(upload(await pngPicture(1, 9000), "strip.png"));
    expect(message).toBe("“strip.png” is 1 × 9000. A first frame has 240 to 8000 pixels on each side.");
  });

  it("a picture nine times as wide as it is tall", async () => {
    const { message } = await refusal(upload(await jpegPicture(2700, 300), "panorama.jpg"));
    expect(message).toBe(
      "“panorama.jpg” is 2700 × 300, a ratio of 9.0:1. A first frame may be at most 8:1 wide or 1:8 tall.",
    );
  });

  it("a small file that unpacks to a gigapixel, without unpacking it", async () => {
    const bomb = blankPng(32_000, 32_000);
    expect(bomb.length).toBeLessThan(3_000_000);
    const { status, message } = await refusal(upload(bomb, "bomb.png"));
    expect(status).toBe(422);
    expect(message).toContain("“bomb.png” is 32000 × 32000");
    expect(message).toContain("240 to 8000 pixels");
  });

  it("a file larger than announced", async () => {
    const bytes = await jpegPicture(800, 600);
    const { status, code } = await refusal(upload(bytes, "more.jpg", { announcedBytes: bytes.length - 1 }));
    expect([status, code]).toEqual([400, "upload-larger-than-announced"]);
  });

  it("a file smaller than announced", async () => {
    const bytes = await jpegPicture(800, 600);
    const { status, code } = await refusal(upload(bytes, "less.jpg", { announcedBytes: bytes.length + 1 }));
    expect([status, code]).toEqual([400, "upload-incomplete"]);
  });

  it("a file announced as too large, before its first byte is read", async () => {
    let wasRead = false;
    const body = Readable.from(
      (function* () {
        wasRead = true;
        yield Buffer.alloc(1);
      })(),
    );
    const { status, message } = await refusal(
      upload(Buffer.alloc(0), "huge.png", { body, announcedBytes: 20_000_001 }),
    );
    expect(status).toBe(413);
    expect(message).toBe("“huge.png” is 20.0 MB. A first frame may be at most 20.0 MB.");
    expect(wasRead).toBe(false);
  });

  it("an endless body with no length, at the limit and not after", async () => {
    let sent = 0;
    const body = Readable.from(
      (function* () {
        for (;;) {
          sent += 65_536;
          yield Buffer.alloc(65_536, 7);
        }
      })(),
    );
    const { status } = await refusal(upload(Buffer.alloc(0), "endless.png", { body, announcedBytes: null }));
    expect(status).toBe(413);
    expect(sent).toBeLessThan(21_000_000);
  });

  it("a body that is cut", async () => {
    const bytes = await jpegPicture(800, 600);
    const body = new Readable({ read() {} });
    const taken = upload(bytes, "cut.jpg", { body });
    body.push(bytes.subarray(0, 1000));
    body.destroy(new Error("the connection was cut"));
    await expect(taken).rejects.toThrow("the connection was cut");
  });

  it("a slot or a model that does not exist", async () => {
    const bytes = await jpegPicture(300, 300);
    expect((await refusal(upload(bytes, "a.jpg", { slot: "poster" }))).status).toBe(400);
    expect((await refusal(upload(bytes, "a.jpg", { modelId: "sora" }))).status).toBe(400);
    expect((await refusal(upload(bytes, "a.jpg", { slot: "__proto__" }))).status).toBe(400);
  });
});

describe("what a killed process left behind", () => {
  it("is swept once no row refers to it, and never while a row or a writer does", async () => {
    const { asset } = await upload(await jpegPicture(400, 300), "kept.jpg");
    const kept = await studio.assets.find("usr_a", asset.id);
    // A process that died after its blob was put and before its row was written.
    const stray = studio.incoming.newPath();
    await sharp(await jpegPicture(50, 50)).toFile(`${stray}.jpg`);
    await studio.assets.announceBlob("assets/zz/stray.jpg", studio.clock.now());
    await studio.storage.put("assets/zz/stray.jpg", `${stray}.jpg`);
    await studio.assets.announceBlob(kept?.blobKey ?? "", studio.clock.now());

    expect(await sweepStrayBlobs(studio)).toBe(0);
    studio.clock.advance(STRAY_AFTER_MS + 1);
    expect(await sweepStrayBlobs(studio)).toBe(1);
    expect(await studio.storage.stat("assets/zz/stray.jpg")).toBeNull();
    expect(await studio.storage.stat(kept?.blobKey ?? "")).not.toBeNull();
  });

  it("leaves no half-received file to the next process", async () => {
    const path = studio.incoming.newPath();
    await sharp(await jpegPicture(50, 50)).toFile(`${path}.jpg`);
    expect(await studio.listFiles()).toHaveLength(1);
    await studio.close();
    studio = await openTestStudio(studio.dataDir);
    expect(await studio.listFiles()).toEqual([]);
  });
});

describe("the sender's name for a file", () => {
  it("loses its path, its control characters and its excess, and keeps its letters", () => {
    expect(displayName("C:\\Users\\me\\böat.png")).toBe("böat.png");
    expect(displayName("../../etc/passwd")).toBe("passwd");
    expect(displayName("a\u0000b\u202egnp.exe")).toBe("abgnp.exe");
    expect(displayName("")).toBe("unnamed file");
    expect(Array.from(displayName(`${"猫".repeat(300)}.png`)).length).toBe(111);
  });
});
