import { expect, test } from "vitest";
import { BmpError, decodeBmp, readBmpHeader } from "@/lib/server/media/bmp";
import { randomFrom } from "@/lib/server/media/seeded-random";
import { assembleBmp, makeBmp } from "@/tests/fixtures/media/make-bmp";

const decode = (file: Buffer) => decodeBmp(file, readBmpHeader(file.subarray(0, 154), file.length));
const black = [0, 0, 0] as const;
const red = [255, 0, 0] as const;
const green = [0, 255, 0] as const;
const blue = [0, 0, 255] as const;

test("a picture of 24 bits keeps every pixel in its place, also when rows are filled up", () => {
  const { width, height, channels, data } = decode(makeBmp(5, 3, (x, y) => [x * 40, y * 80, x + y]));
  expect({ width, height, channels }).toEqual({ width: 5, height: 3, channels: 3 });
  for (let y = 0; y < 3; y++) {
    for (let x = 0; x < 5; x++) {
      expect([...data.subarray((y * 5 + x) * 3, (y * 5 + x) * 3 + 3)]).toEqual([x * 40, y * 80, x + y]);
    }
  }
});

test("rows from the top come out from the top", () => {
  const file = assembleBmp({ width: 1, height: -2, bitsPerPixel: 24, pixels: [0, 0, 255, 0, 255, 0, 0, 0] });
  expect([...decode(file).data]).toEqual([...red, ...blue]);
});

test("pixels are read from where the header says they start", () => {
  const file = assembleBmp({
    width: 1,
    height: 1,
    bitsPerPixel: 24,
    gapSizeBytes: 10,
    pixels: [1, 2, 3, 0],
  });
  expect([...decode(file).data]).toEqual([3, 2, 1]);
});

test.each([
  { bits: 1, pixels: [0b01000000, 0, 0, 0, 0b10100000, 0, 0, 0] },
  { bits: 4, pixels: [0x01, 0x00, 0, 0, 0x10, 0x10, 0, 0] },
  { bits: 8, pixels: [0, 1, 0, 0, 1, 0, 1, 0] },
])("a palette of $bits bits and an odd width is read to its last row", ({ bits, pixels }) => {
  const file = assembleBmp({ width: 3, height: 2, bitsPerPixel: bits, palette: [black, red], pixels });
  expect([...decode(file).data]).toEqual([red, black, red, black, red, black].flat());
});

test("16 bits by masks are stretched to the full range", () => {
  const file = assembleBmp({
    width: 2,
    height: 1,
    bitsPerPixel: 16,
    compression: 3,
    masks: [0xf800, 0x07e0, 0x001f],
    pixels: [0x00, 0xf8, 0xff, 0xff],
  });
  expect([...decode(file).data]).toEqual([...red, 255, 255, 255]);
});

test("declared transparency is kept, and ignored when every pixel would be invisible", () => {
  const parts = { width: 1, height: 1, bitsPerPixel: 32, compression: 6 };
  const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
  expect(decode(assembleBmp({ ...parts, masks, pixels: [3, 2, 1, 128] }))).toMatchObject({
    channels: 4,
    data: Buffer.from([1, 2, 3, 128]),
  });
  expect(decode(assembleBmp({ ...parts, masks, pixels: [3, 2, 1, 0] }))).toMatchObject({ channels: 3 });
});

test("the fourth byte of plain 32 bits is no transparency", () => {
  const file = assembleBmp({ width: 1, height: 1, bitsPerPixel: 32, pixels: [3, 2, 1, 77] });
  expect(decode(file)).toMatchObject({ channels: 3, data: Buffer.from([1, 2, 3]) });
});

test("runs of 8 and 4 bits are unpacked, with jumps and literal stretches", () => {
  const palette = [black, red, green, blue];
  const eight = assembleBmp({
    width: 4,
    height: 2,
    bitsPerPixel: 8,
    compression: 1,
    palette,
    // Lower row: two red, a jump of one to the right, one blue, end of row. Upper row: a literal of three, end.
    pixels: [2, 1, 0, 2, 1, 0, 1, 3, 0, 0, 0, 3, 2, 3, 1, 0, 0, 1],
  });
  expect([...decode(eight).data]).toEqual([green, blue, red, black, red, red, black, blue].flat());
  const four = assembleBmp({
    width: 3,
    height: 1,
    bitsPerPixel: 4,
    compression: 2,
    palette,
    pixels: [3, 0x12, 0, 1],
  });
  expect([...decode(four).data]).toEqual([red, green, red].flat());
});

test.each([
  ["the rows are cut", makeBmp(20, 20, () => red).subarray(0, 900), "its picture data ends early"],
  [
    "runs end without an end mark",
    assembleBmp({ width: 9, height: 9, bitsPerPixel: 8, compression: 1, palette: [red], pixels: [5, 0] }),
    "its picture data ends early",
  ],
  ["the header is cut", makeBmp(2, 2, () => red).subarray(0, 30), "its header ends early"],
])("a file is refused in words when %s", (_, file, words) => {
  expect(() => decode(file)).toThrow(new BmpError(words));
});

test("a header with hostile numbers is refused or harmless, whatever they are", () => {
  const random = randomFrom(1);
  const honest = makeBmp(8, 8, () => red);
  for (let round = 0; round < 5000; round++) {
    const file = Buffer.from(honest);
    for (let change = 0; change < 1 + random() * 4; change++) {
      const value = random() < 0.5 ? Math.floor(random() * 256) : random() < 0.5 ? 255 : 0;
      file[2 + Math.floor(random() * 52)] = value;
    }
    try {
      const header = readBmpHeader(file.subarray(0, 154), file.length);
      // Run-length sizes are bounded by the caller's pixel limit, not by the file's size.
      if (header.width * header.height > 1_000_000) continue;
      const { width, height, channels, data } = decodeBmp(file, header);
      expect(data.length).toBe(width * height * channels);
    } catch (error) {
      expect(error).toBeInstanceOf(BmpError);
    }
  }
});
