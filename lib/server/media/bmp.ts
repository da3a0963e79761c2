/**
 * Windows bitmaps, read here because libvips cannot and because bmp-ts ignores where the pixels start, stops after the
 * first row of odd 4-bit pictures and trusts every number in the header.
 */

export type BmpHeader = {
  width: number;
  height: number;
  isTopDown: boolean;
  bitsPerPixel: 1 | 4 | 8 | 16 | 24 | 32;
  compression: "none" | "rle4" | "rle8";
  /** Bit masks of red, green, blue and alpha for 16 and 32 bits; alpha is 0 when the file declares none. */
  masks: [number, number, number, number];
  paletteOffset: number;
  paletteEntrySizeBytes: 3 | 4;
  paletteLength: number;
  pixelsOffset: number;
};

/** `data` is rows from the top, `channels` bytes a pixel. */
export type BmpPixels = { width: number; height: number; channels: 3 | 4; data: Buffer };

/** The file breaks the format; the message can follow "is damaged: ". */
export class BmpError extends Error {
  override readonly name = "BmpError";
}

const CORE_HEADER_SIZE_BYTES = 12;
const HEADER_SIZES_BYTES = [12, 40, 52, 56, 64, 108, 124];
const BIT_DEPTHS = [1, 4, 8, 16, 24, 32];
const COMPRESSION = { none: 0, rle8: 1, rle4: 2, bitFields: 3, alphaBitFields: 6 };

/** How many bytes from the start `readBmpHeader` may look at. */
export const BMP_HEADER_SIZE_BYTES_MAX = 14 + 124 + 16;

/** Reads and checks the header against the file's true size, so that decoding can trust it. Throws BmpError. */
export function readBmpHeader(head: Buffer, fileSizeBytes: number): BmpHeader {
  if (head.length < 26 || head.toString("latin1", 0, 2) !== "BM") throw new BmpError("its header ends early");
  const headerSizeBytes = head.readUInt32LE(14);
  if (!HEADER_SIZES_BYTES.includes(headerSizeBytes)) throw new BmpError("its header is of no known kind");
  if (head.length < 14 + headerSizeBytes) throw new BmpError("its header ends early");

  const isCore = headerSizeBytes === CORE_HEADER_SIZE_BYTES;
  const width = isCore ? head.readUInt16LE(18) : head.readInt32LE(18);
  const signedHeight = isCore ? head.readUInt16LE(20) : head.readInt32LE(22);
  const bitsPerPixel = head.readUInt16LE(isCore ? 24 : 28);
  const compression = isCore ? COMPRESSION.none : head.readUInt32LE(30);
  const colourCount = isCore ? 0 : head.readUInt32LE(46);
  if (width <= 0 || signedHeight === 0) throw new BmpError("its header gives no size");
  if (!BIT_DEPTHS.includes(bitsPerPixel))
    throw new BmpError(`its header asks for ${bitsPerPixel} bits a pixel`);

  const masksFollow = headerSizeBytes === 40 && compression >= COMPRESSION.bitFields;
  const maskCount = compression === COMPRESSION.alphaBitFields ? 4 : 3;
  const paletteOffset = 14 + headerSizeBytes + (masksFollow ? maskCount * 4 : 0);
  const pixelsOffset = head.readUInt32LE(10);
  const header: BmpHeader = {
    width,
    height: Math.abs(signedHeight),
    isTopDown: signedHeight < 0,
    bitsPerPixel: bitsPerPixel as BmpHeader["bitsPerPixel"],
    compression: nameCompression(compression, bitsPerPixel),
    masks: readMasks(head, headerSizeBytes, compression, bitsPerPixel),
    paletteOffset,
    paletteEntrySizeBytes: isCore ? 3 : 4,
    paletteLength: bitsPerPixel > 8 ? 0 : Math.min(colourCount || 2 ** bitsPerPixel, 2 ** bitsPerPixel),
    pixelsOffset,
  };
  if (pixelsOffset < paletteOffset + header.paletteLength * header.paletteEntrySizeBytes) {
    throw new BmpError("its pixels are said to start inside its header");
  }
  const pixelsSizeBytes = header.compression === "none" ? rowSizeBytes(header) * header.height : 1;
  if (pixelsOffset + pixelsSizeBytes > fileSizeBytes) throw new BmpError("its picture data ends early");
  return header;
}

/** Decodes a whole file whose header has been checked. Throws BmpError when run-length data is cut or goes astray. */
export function decodeBmp(file: Buffer, header: BmpHeader): BmpPixels {
  if (header.bitsPerPixel === 24) return decodeTrueColour(file, header);
  if (header.bitsPerPixel > 8) return decodeMasked(file, header);
  const indexes = header.compression === "none" ? unpackIndexes(file, header) : unpackRuns(file, header);
  return paint(indexes, readPalette(file, header), header);
}

function nameCompression(compression: number, bitsPerPixel: number): BmpHeader["compression"] {
  const { none, rle4, rle8, bitFields, alphaBitFields } = COMPRESSION;
  if (compression === none) return "none";
  if (compression === rle8 && bitsPerPixel === 8) return "rle8";
  if (compression === rle4 && bitsPerPixel === 4) return "rle4";
  if (
    (compression === bitFields || compression === alphaBitFields) &&
    (bitsPerPixel === 16 || bitsPerPixel === 32)
  )
    return "none";
  throw new BmpError("it is packed in a way that cannot be read");
}

function readMasks(
  head: Buffer,
  headerSizeBytes: number,
  compression: number,
  bitsPerPixel: number,
): BmpHeader["masks"] {
  const isMasked = compression === COMPRESSION.bitFields || compression === COMPRESSION.alphaBitFields;
  if (!isMasked) return bitsPerPixel === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0xff0000, 0x00ff00, 0x0000ff, 0];
  const hasAlpha = headerSizeBytes >= 56 || compression === COMPRESSION.alphaBitFields;
  if (head.length < (hasAlpha ? 70 : 66)) throw new BmpError("its header ends early");
  return [
    head.readUInt32LE(54),
    head.readUInt32LE(58),
    head.readUInt32LE(62),
    hasAlpha ? head.readUInt32LE(66) : 0,
  ];
}

function rowSizeBytes({ width, bitsPerPixel }: BmpHeader): number {
  return Math.ceil((width * bitsPerPixel) / 32) * 4;
}

function fileRow(y: number, { height, isTopDown }: BmpHeader): number {
  return isTopDown ? y : height - 1 - y;
}

function readPalette(file: Buffer, header: BmpHeader): Uint8Array {
  const palette = new Uint8Array(256 * 3);
  for (let index = 0; index < header.paletteLength; index++) {
    const at = header.paletteOffset + index * header.paletteEntrySizeBytes;
    palette[index * 3] = file[at + 2] ?? 0;
    palette[index * 3 + 1] = file[at + 1] ?? 0;
    palette[index * 3 + 2] = file[at] ?? 0;
  }
  return palette;
}

function unpackIndexes(file: Buffer, header: BmpHeader): Uint8Array {
  const { width, height, bitsPerPixel, pixelsOffset } = header;
  const indexes = new Uint8Array(width * height);
  const perByte = 8 / bitsPerPixel;
  const mask = 2 ** bitsPerPixel - 1;
  for (let y = 0; y < height; y++) {
    const start = pixelsOffset + fileRow(y, header) * rowSizeBytes(header);
    for (let x = 0; x < width; x++) {
      const shift = 8 - bitsPerPixel * ((x % perByte) + 1);
      indexes[y * width + x] = ((file[start + Math.floor(x / perByte)] as number) >> shift) & mask;
    }
  }
  return indexes;
}

function unpackRuns(file: Buffer, header: BmpHeader): Uint8Array {
  const { width, height, compression } = header;
  const indexes = new Uint8Array(width * height);
  let at = header.pixelsOffset;
  let x = 0;
  let row = 0;
  const next = () => {
    const value = file[at++];
    if (value === undefined) throw new BmpError("its picture data ends early");
    return value;
  };
  const put = (index: number) => {
    if (x < width && row < height) indexes[fileRow(row, header) * width + x] = index;
    x++;
  };
  const isNibbled = compression === "rle4";
  const pick = (byte: number, position: number) =>
    !isNibbled ? byte : position % 2 === 0 ? byte >> 4 : byte & 15;

  while (row < height) {
    const count = next();
    const value = next();
    if (count > 0) {
      for (let i = 0; i < count; i++) put(pick(value, i));
    } else if (value === 0) {
      x = 0;
      row++;
    } else if (value === 1) {
      return indexes;
    } else if (value === 2) {
      x += next();
      row += next();
    } else {
      let byte = 0;
      for (let i = 0; i < value; i++) {
        if (!isNibbled || i % 2 === 0) byte = next();
        put(pick(byte, i));
      }
      const readSizeBytes = isNibbled ? Math.ceil(value / 2) : value;
      if (readSizeBytes % 2 === 1) at++;
    }
  }
  return indexes;
}

function paint(indexes: Uint8Array, palette: Uint8Array, { width, height }: BmpHeader): BmpPixels {
  const data = Buffer.allocUnsafe(indexes.length * 3);
  for (let i = 0; i < indexes.length; i++) {
    const from = (indexes[i] as number) * 3;
    data[i * 3] = palette[from] as number;
    data[i * 3 + 1] = palette[from + 1] as number;
    data[i * 3 + 2] = palette[from + 2] as number;
  }
  return { width, height, channels: 3, data };
}

function decodeTrueColour(file: Buffer, header: BmpHeader): BmpPixels {
  const { width, height } = header;
  const data = Buffer.allocUnsafe(width * height * 3);
  for (let y = 0; y < height; y++) {
    let from = header.pixelsOffset + fileRow(y, header) * rowSizeBytes(header);
    let to = y * width * 3;
    for (let x = 0; x < width; x++, from += 3, to += 3) {
      data[to] = file[from + 2] as number;
      data[to + 1] = file[from + 1] as number;
      data[to + 2] = file[from] as number;
    }
  }
  return { width, height, channels: 3, data };
}

function decodeMasked(file: Buffer, header: BmpHeader): BmpPixels {
  const { width, height, bitsPerPixel } = header;
  const fields = header.masks.map(asField);
  const channels = header.masks[3] !== 0 && hasVisibleAlpha(file, header) ? 4 : 3;
  const data = Buffer.allocUnsafe(width * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = header.pixelsOffset + fileRow(y, header) * rowSizeBytes(header);
    for (let x = 0; x < width; x++, from += bitsPerPixel / 8) {
      const pixel = bitsPerPixel === 16 ? file.readUInt16LE(from) : file.readUInt32LE(from);
      for (let channel = 0; channel < channels; channel++) {
        const field = fields[channel] as Field;
        data[to++] =
          field.max === 0 ? 0 : Math.round((((pixel & field.mask) >>> field.shift) * 255) / field.max);
      }
    }
  }
  return { width, height, channels, data };
}

type Field = { mask: number; shift: number; max: number };

function asField(mask: number): Field {
  const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
  return { mask, shift, max: mask >>> shift };
}

// Many programs declare an alpha mask and then leave every alpha byte at 0; no one means such a picture to be invisible.
function hasVisibleAlpha(file: Buffer, header: BmpHeader): boolean {
  for (let y = 0; y < header.height; y++) {
    const start = header.pixelsOffset + y * rowSizeBytes(header);
    for (let x = 0; x < header.width; x++) {
      const pixel =
        header.bitsPerPixel === 16 ? file.readUInt16LE(start + x * 2) : file.readUInt32LE(start + x * 4);
      if ((pixel & header.masks[3]) !== 0) return true;
    }
  }
  return false;
}
