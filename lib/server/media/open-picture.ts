import { open, readFile } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";
import { BMP_HEADER_SIZE_BYTES_MAX, BmpError, type BmpPixels, decodeBmp, readBmpHeader } from "./bmp";
import { countPngFrames } from "./count-png-frames";
import { type ImageProbe, MediaError } from "./media-tasks";
import { isOwnFailure } from "./reading-error";
import { sniffFile } from "./sniff";

// libvips remembers what it read by the file's name alone, and would answer for a new file with the pixels of an old one.
sharp.cache(false);

/** Twice what any model takes; a bound for tasks that are given none. */
export const PICTURE_PIXELS_MAX = 130_000_000;

/**
 * Under what is see-through, when it is filmed and when it is shown. Logos and drawings are made for light pages; on black
 * their dark lines would vanish.
 */
export const PICTURE_BACKGROUND = "#ffffff";

export type OpenPicture = {
  /** Sizes as displayed. For BMP `hasAlpha` is known only here, after decoding; the others say it in the header. */
  probe: ImageProbe;
  /** A fresh pipeline over the first frame, upright and in sRGB. Every call starts one. */
  pipeline(): Sharp;
};

// A camera's file with a harmless oddity still opens; one that lacks picture data does not.
const FAIL_ON = "truncated";

/**
 * Reads a picture's header and refuses it before any pixel is decoded when it is no JPEG, PNG, BMP or WEBP, or has more
 * than `pixelsMax` pixels. Throws MediaError with blame `input`.
 */
export async function openPicture(path: string, pixelsMax: number): Promise<OpenPicture> {
  const { mediaType, label } = await sniffFile(path);
  switch (mediaType) {
    case "image/bmp":
      return openBmp(path, pixelsMax);
    case "image/jpeg":
    case "image/png":
    case "image/webp":
      return openByLibvips(path, mediaType, pixelsMax);
    default:
      throw new MediaError("input", `is ${label}, not a JPEG, PNG, BMP or WEBP picture`);
  }
}

/** Turns what libvips says about pixels it cannot decode into words for the file's owner; the machine's faults stay its own. */
export function damageError(cause: unknown): MediaError {
  const words = cause instanceof Error ? cause.message : "";
  if (isOwnFailure(cause)) return new MediaError("process", words, { cause });
  const isCut = /premature|truncat|end of|ends? early|read error|unexpected eof|not enough/i.test(words);
  const how = isCut ? "its picture data ends early" : "its picture data cannot be read";
  return new MediaError("input", `is damaged: ${how}`, { cause });
}

async function openByLibvips(
  path: string,
  mediaType: ImageProbe["mediaType"],
  pixelsMax: number,
): Promise<OpenPicture> {
  const metadata = await sharp(path, { limitInputPixels: false })
    .metadata()
    .catch((cause) => {
      throw damageError(cause);
    });
  const { width, height, orientation = 1 } = metadata;
  refuseTooLarge(width, height, pixelsMax);
  const isLyingDown = orientation >= 5;
  const frameCount = mediaType === "image/png" ? await countPngFrames(path) : (metadata.pages ?? 1);
  return {
    probe: {
      mediaType,
      width: isLyingDown ? height : width,
      height: isLyingDown ? width : height,
      hasAlpha: metadata.hasAlpha,
      isRotatedByFlag: orientation !== 1,
      frameCount,
    },
    pipeline: () =>
      sharp(path, { limitInputPixels: pixelsMax, failOn: FAIL_ON, sequentialRead: true })
        .autoOrient()
        .toColourspace("srgb"),
  };
}

async function openBmp(path: string, pixelsMax: number): Promise<OpenPicture> {
  const { width, height, channels, data } = await readBmp(path, pixelsMax);
  return {
    probe: {
      mediaType: "image/bmp",
      width,
      height,
      hasAlpha: channels === 4,
      isRotatedByFlag: false,
      frameCount: 1,
    },
    pipeline: () => sharp(data, { raw: { width, height, channels }, limitInputPixels: pixelsMax }),
  };
}

async function readBmp(path: string, pixelsMax: number): Promise<BmpPixels> {
  try {
    const header = await readHeader(path);
    refuseTooLarge(header.width, header.height, pixelsMax);
    return decodeBmp(await readFile(path), header);
  } catch (cause) {
    if (!(cause instanceof BmpError)) throw cause;
    throw new MediaError("input", `is damaged: ${cause.message}`, { cause });
  }
}

async function readHeader(path: string) {
  const file = await open(path);
  try {
    const head = Buffer.alloc(BMP_HEADER_SIZE_BYTES_MAX);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return readBmpHeader(head.subarray(0, bytesRead), (await file.stat()).size);
  } finally {
    await file.close();
  }
}

function refuseTooLarge(width: number, height: number, pixelsMax: number): void {
  if (width * height <= pixelsMax) return;
  const megapixels = Math.round(pixelsMax / 100_000) / 10;
  throw new MediaError(
    "input",
    `is ${width} × ${height} pixels, more than the ${megapixels} megapixels that can be read`,
  );
}
