import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { probeImage } from "@/lib/server/media/probe-image";
import { randomFrom } from "@/lib/server/media/seeded-random";
import { assembleBmp, makeBmp } from "@/tests/fixtures/media/make-bmp";

const PIXELS_MAX = 64_000_000;

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "probe-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function probe(content: Buffer, pixelsMax = PIXELS_MAX) {
  const path = join(folder, `${count++}`);
  await writeFile(path, content);
  return probeImage({ path, pixelsMax });
}

const random = randomFrom(7);
const noise = Buffer.from(Array.from({ length: 300 * 200 * 3 }, () => Math.floor(random() * 256)));
const picture = () => sharp(noise, { raw: { width: 300, height: 200, channels: 3 } });
const plain = { width: 300, height: 200, hasAlpha: false, isRotatedByFlag: false, frameCount: 1 };

test.each<[string, () => Promise<Buffer> | Buffer, object]>([
  ["JPEG", () => picture().jpeg().toBuffer(), { ...plain, mediaType: "image/jpeg" }],
  ["progressive JPEG", () => picture().jpeg({ progressive: true }).toBuffer(), plain],
  ["CMYK JPEG", () => picture().toColourspace("cmyk").jpeg().toBuffer(), plain],
  ["grey JPEG", () => picture().greyscale().jpeg().toBuffer(), plain],
  ["PNG", () => picture().png().toBuffer(), { ...plain, mediaType: "image/png" }],
  ["PNG of 16 bits", () => picture().toColourspace("rgb16").png().toBuffer(), plain],
  ["PNG with alpha", () => picture().ensureAlpha(0.5).png().toBuffer(), { ...plain, hasAlpha: true }],
  ["WEBP", () => picture().webp().toBuffer(), { ...plain, mediaType: "image/webp" }],
  ["BMP", () => makeBmp(300, 200, () => [1, 2, 3]), { ...plain, mediaType: "image/bmp" }],
])("a %s is measured", async (_, make, expected) => {
  expect(await probe(await make())).toMatchObject(expected);
});

test("transparency hidden in a palette is seen", async () => {
  const half = {
    create: { width: 9, height: 9, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0.5 } },
  } as const;
  expect(await probe(await sharp(half).png({ palette: true }).toBuffer())).toMatchObject({ hasAlpha: true });
});

test.each(["jpeg", "png", "webp"] as const)(
  "a %s turned by a flag has the size it is shown with",
  async (format) => {
    const turned = await picture().withMetadata({ orientation: 6 }).toFormat(format).toBuffer();
    expect(await probe(turned)).toMatchObject({ width: 200, height: 300, isRotatedByFlag: true });
  },
);

test("the pictures of an animated WEBP are counted, and one of them is the size", async () => {
  const frames = sharp(Buffer.concat([noise, Buffer.from(noise).reverse()]), {
    raw: { width: 300, height: 400, channels: 3, pageHeight: 200 },
  });
  expect(await probe(await frames.webp({ loop: 0, delay: [100, 100] }).toBuffer())).toMatchObject({
    width: 300,
    height: 200,
    frameCount: 2,
  });
});

test("the pictures of an animated PNG are counted", async () => {
  const still = await picture().png().toBuffer();
  const control = pngChunk("acTL", Buffer.from([0, 0, 0, 7, 0, 0, 0, 0]));
  const afterHeader = 8 + 25;
  const animated = Buffer.concat([still.subarray(0, afterHeader), control, still.subarray(afterHeader)]);
  expect(await probe(animated)).toMatchObject({ frameCount: 7 });
});

test.each(["jpeg", "png", "webp"] as const)(
  "%s files that take turns under one name are each measured as they are",
  async (format) => {
    const path = join(folder, `same-name-${format}`);
    for (const width of [120, 240]) {
      await writeFile(
        path,
        await picture().resize(width, 100).toFormat(format, { lossless: true }).toBuffer(),
      );
      expect(await probeImage({ path, pixelsMax: PIXELS_MAX })).toMatchObject({ width });
    }
  },
);

const cut = (file: Buffer, share: number) => file.subarray(0, Math.floor(file.length * share));
test.each<[string, () => Promise<Buffer> | Buffer]>([
  ["JPEG", () => picture().jpeg().toBuffer()],
  ["progressive JPEG", () => picture().jpeg({ progressive: true }).toBuffer()],
  ["PNG", () => picture().png().toBuffer()],
  ["interlaced PNG", () => picture().png({ progressive: true }).toBuffer()],
  ["WEBP", () => picture().webp().toBuffer()],
  ["BMP", () => makeBmp(300, 200, () => [1, 2, 3])],
])("a cut %s is called damaged, whether much or little is missing", async (_, make) => {
  const whole = await make();
  for (const share of [0.1, 0.5, 0.97]) {
    await expect(probe(cut(whole, share))).rejects.toMatchObject({
      blame: "input",
      message: expect.stringMatching(/^is damaged: /),
    });
  }
});

test("a PNG with a wrong byte in its pixels is called damaged", async () => {
  const file = await picture().png().toBuffer();
  file[file.length >> 1] = (file[file.length >> 1] as number) ^ 0xff;
  await expect(probe(file)).rejects.toMatchObject({ blame: "input" });
});

test("a small file that claims gigapixels is refused by its header, with the size it claims", async () => {
  const tooLarge = { blame: "input", message: expect.stringMatching(/^is 30000 × 30000 pixels, more than/) };
  const png = await sharp({ create: { width: 9, height: 9, channels: 3, background: "#000" } })
    .png()
    .toBuffer();
  png.writeUInt32BE(30_000, 16);
  png.writeUInt32BE(30_000, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  await expect(probe(png)).rejects.toMatchObject(tooLarge);

  const runs = assembleBmp({
    width: 30_000,
    height: 30_000,
    bitsPerPixel: 8,
    compression: 1,
    palette: [],
    pixels: [0, 1],
  });
  await expect(probe(paletteful(runs))).rejects.toMatchObject(tooLarge);
});

test("the limit is the caller's", async () => {
  const file = await picture().png().toBuffer();
  await expect(probe(file, 59_999)).rejects.toMatchObject({ blame: "input" });
  await expect(probe(file, 60_000)).resolves.toMatchObject(plain);
});

test("what is no picture is named", async () => {
  await expect(probe(Buffer.from("hello"))).rejects.toMatchObject({
    blame: "input",
    message: "is a text file, not a JPEG, PNG, BMP or WEBP picture",
  });
});

function pngChunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

/** Declares a full palette, for which the file's writer left no room. */
function paletteful(bmp: Buffer): Buffer {
  const roomy = Buffer.concat([bmp.subarray(0, 54), Buffer.alloc(1024), bmp.subarray(54)]);
  roomy.writeUInt32LE(54 + 1024, 10);
  return roomy;
}
