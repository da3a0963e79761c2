import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { describe, expect, test } from "vitest";
import { flattenImage } from "@/lib/server/media/flatten-image";
import { makePreview } from "@/lib/server/media/make-preview";
import { writeWholeFor } from "@/lib/server/media/write-whole";
import { makeBmp } from "@/tests/fixtures/media/make-bmp";
import { makePicture } from "@/tests/fixtures/media/make-picture";
import { testFolder } from "@/tests/fixtures/media/test-folder";

const writeWhole = writeWholeFor("attempt", new AbortController().signal);

async function prepare(content: Buffer) {
  const folder = await testFolder();
  const [path, outputPath] = [join(folder, "in"), join(folder, "out")];
  await writeFile(path, content);
  return { folder, path, outputPath };
}

const ROOMY = { sizeBytesMax: 20_000_000, sidePxMin: 240 };

async function flatten(content: Buffer, limits = ROOMY) {
  const { folder, path, outputPath } = await prepare(content);
  const { mediaType } = await flattenImage({ path, outputPath, ...limits }, writeWhole);
  expect(await readdir(folder)).toEqual(["in", "out"]);
  return { mediaType, picture: await readFile(outputPath) };
}

const redCorner = () =>
  sharp({ create: { width: 60, height: 40, channels: 3, background: "#0000ff" } }).composite([
    { input: { create: { width: 20, height: 20, channels: 3, background: "#ff0000" } }, left: 0, top: 0 },
  ]);
const pixelAt = async (picture: Sharp, left: number, top: number) => [
  ...(await picture.extract({ left, top, width: 1, height: 1 }).removeAlpha().raw().toBuffer()),
];

test.each([
  ["jpeg", "image/jpeg"],
  ["png", "image/png"],
] as const)(
  "a %s stays one, is turned upright and says nothing of a turn or a place any more",
  async (format, mediaType) => {
    const turned = await redCorner()
      .withExif({ IFD3: { GPSLatitudeRef: "N" } })
      .withMetadata({ orientation: 6 })
      .toFormat(format)
      .toBuffer();
    const flat = await flatten(turned);
    expect(flat.mediaType).toBe(mediaType);
    const metadata = await sharp(flat.picture).metadata();
    expect(metadata).toMatchObject({ width: 40, height: 60, hasAlpha: false });
    expect(metadata.orientation ?? 1).toBe(1);
    expect(metadata.exif).toBeUndefined();
    const [red = 0, , blue = 0] = await pixelAt(sharp(flat.picture), 35, 5);
    expect(red).toBeGreaterThan(230);
    expect(blue).toBeLessThan(25);
  },
);

test("what is transparent becomes white, and half of it half white", async () => {
  const half = {
    create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } },
  } as const;
  const none = {
    create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  } as const;
  expect(await pixelAt(sharp((await flatten(await sharp(none).png().toBuffer())).picture), 3, 3)).toEqual([
    255, 255, 255,
  ]);
  const [grey = 0] = await pixelAt(
    sharp((await flatten(await sharp(half).webp({ lossless: true }).toBuffer())).picture),
    3,
    3,
  );
  expect(Math.abs(grey - 128)).toBeLessThanOrEqual(2);
});

test("a lossless picture keeps every pixel", async () => {
  const raw = await makePicture(90, 70).raw().toBuffer();
  for (const content of [
    await makePicture(90, 70).png().toBuffer(),
    await makePicture(90, 70).webp({ lossless: true }).toBuffer(),
    makeBmp(90, 70, (x, y) => {
      const at = (y * 90 + x) * 3;
      return [raw.readUInt8(at), raw.readUInt8(at + 1), raw.readUInt8(at + 2)];
    }),
  ]) {
    const { mediaType, picture } = await flatten(content);
    expect(mediaType).toBe("image/png");
    expect((await sharp(picture).removeAlpha().raw().toBuffer()).equals(raw)).toBe(true);
  }
});

test("a JPEG loses next to nothing", async () => {
  const once = await makePicture(200, 150).jpeg({ quality: 98, chromaSubsampling: "4:4:4" }).toBuffer();
  const { picture } = await flatten(once);
  expect((await sharp(picture).metadata()).chromaSubsampling).toBe("4:4:4");
  const before = await sharp(once).raw().toBuffer();
  const after = await sharp(picture).raw().toBuffer();
  const error = before.reduce((sum, value, at) => sum + Math.abs(value - (after[at] as number)), 0);
  expect(error / before.length).toBeLessThan(1.2);
});

describe("a picture that its slot would find too heavy", () => {
  /** Noise: nothing weighs more as a PNG, and little more as a JPEG. */
  const noise = (width: number, height: number) =>
    sharp({
      create: { width, height, channels: 4, background: "#808080", noise: { type: "gaussian", sigma: 60 } },
    })
      .ensureAlpha(0.9)
      .png()
      .toBuffer();

  test("becomes a JPEG of its own size, of the best quality that fits", async () => {
    const content = await noise(800, 600);
    const lossless = await flatten(content);
    expect(lossless.mediaType).toBe("image/png");
    for (const share of [0.9, 0.6]) {
      const sizeBytesMax = Math.round(lossless.picture.length * share);
      const { mediaType, picture } = await flatten(content, { sizeBytesMax, sidePxMin: 240 });
      expect(mediaType).toBe("image/jpeg");
      expect(picture.length).toBeLessThanOrEqual(sizeBytesMax);
      expect(picture.length).toBeGreaterThan(sizeBytesMax / 2);
      expect(await sharp(picture).metadata()).toMatchObject({ width: 800, height: 600 });
    }
  });

  test("is made smaller, in its own shape, only where no quality is enough", async () => {
    const { picture } = await flatten(await noise(800, 600), { sizeBytesMax: 90_000, sidePxMin: 240 });
    expect(picture.length).toBeLessThanOrEqual(90_000);
    expect(picture.length).toBeGreaterThan(40_000);
    const { width, height } = await sharp(picture).metadata();
    expect(width).toBeLessThan(800);
    expect(height).toBeGreaterThanOrEqual(240);
    expect(width / height).toBeCloseTo(4 / 3, 2);
  });

  test("is refused rather than sent with a side too short, and leaves no file", async () => {
    const { folder, path, outputPath } = await prepare(await noise(400, 300));
    await expect(
      flattenImage({ path, outputPath, sizeBytesMax: 10_000, sidePxMin: 240 }, writeWhole),
    ).rejects.toMatchObject({ blame: "input", message: "cannot be made lighter than 0.0 MB" });
    expect(await readdir(folder)).toEqual(["in"]);
  });

  test("a JPEG that a flag turns keeps to the limit too", async () => {
    const turned = await sharp(await noise(800, 600))
      .removeAlpha()
      .jpeg({ quality: 90 })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const { picture } = await flatten(turned, { sizeBytesMax: turned.length, sidePxMin: 240 });
    expect(picture.length).toBeLessThanOrEqual(turned.length);
    expect(await sharp(picture).metadata()).toMatchObject({ width: 600, height: 800 });
  });
});

test("CMYK and 16 bits become 8 bits of RGB", async () => {
  for (const content of [
    await makePicture(40, 40).toColourspace("cmyk").jpeg().toBuffer(),
    await makePicture(40, 40).toColourspace("rgb16").png().toBuffer(),
  ]) {
    expect(await sharp((await flatten(content)).picture).metadata()).toMatchObject({
      space: "srgb",
      depth: "uchar",
      channels: 3,
    });
  }
});

test("a preview fits its side, is upright, on the white it is filmed on, and is never enlarged", async () => {
  const turned = await makePicture(800, 400)
    .ensureAlpha(0.5)
    .withMetadata({ orientation: 6 })
    .png()
    .toBuffer();
  const large = await prepare(turned);
  expect(await makePreview({ ...large, sidePxMax: 160 }, writeWhole)).toEqual({ width: 80, height: 160 });
  expect(await sharp(large.outputPath).metadata()).toMatchObject({
    format: "webp",
    width: 80,
    height: 160,
    hasAlpha: false,
  });
  const none = await sharp({
    create: { width: 40, height: 40, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  })
    .png()
    .toBuffer();
  const clear = await prepare(none);
  await makePreview({ ...clear, sidePxMax: 160 }, writeWhole);
  expect(await pixelAt(sharp(clear.outputPath), 20, 20)).toEqual([255, 255, 255]);

  const small = await prepare(await makePicture(50, 30).jpeg().toBuffer());
  expect(await makePreview({ ...small, sidePxMax: 160 }, writeWhole)).toEqual({ width: 50, height: 30 });
});

test("a damaged picture leaves no file, not even a temporary one", async () => {
  const whole = await makePicture(400, 300).jpeg().toBuffer();
  const { folder, path, outputPath } = await prepare(whole.subarray(0, whole.length / 2));
  await expect(flattenImage({ path, outputPath, ...ROOMY }, writeWhole)).rejects.toMatchObject({
    blame: "input",
  });
  await expect(makePreview({ path, outputPath, sidePxMax: 160 }, writeWhole)).rejects.toMatchObject({
    blame: "input",
  });
  expect(await readdir(folder)).toEqual(["in"]);
});
