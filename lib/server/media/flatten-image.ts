import { stat } from "node:fs/promises";
import type { Sharp } from "sharp";
import { MediaError, type MediaTasks, type PixelSize } from "./media-tasks";
import { damageError, openPicture, PICTURE_BACKGROUND, PICTURE_PIXELS_MAX } from "./open-picture";
import type { WriteWhole } from "./write-whole";

/** From what cannot be told from the original to what can at a second look; only then is the picture made smaller. */
const JPEGS = [
  { quality: 97, chromaSubsampling: "4:4:4" },
  { quality: 93, chromaSubsampling: "4:4:4" },
  { quality: 92, chromaSubsampling: "4:2:0" },
  { quality: 85, chromaSubsampling: "4:2:0" },
] as const;
const LIGHTEST_JPEG = JPEGS[3];
/** Aims a little below the limit: bytes do not quite follow pixels. */
const SCALE_MARGIN = 0.96;
const SCALE_STEPS_MAX = 6;

/**
 * Writes a picture as vendors want it: upright, without transparency, without metadata (so no place where it was
 * taken), sRGB, 8 bits, and within `sizeBytesMax`. JPEG stays JPEG and lossless stays lossless, unless a palette grown
 * into RGB is too heavy. Throws MediaError, with blame `input` where no quality makes it light enough.
 */
export async function flattenImage(
  { path, outputPath, sizeBytesMax, sidePxMin }: MediaTasks["flatten-image"]["input"],
  writeWhole: WriteWhole,
): Promise<MediaTasks["flatten-image"]["output"]> {
  const picture = await openPicture(path, PICTURE_PIXELS_MAX);
  const flat = () => picture.pipeline().flatten({ background: PICTURE_BACKGROUND }).removeAlpha();
  return writeWhole(outputPath, async (temporaryPath) => {
    const fits = async (pipeline: Sharp) => (await write(pipeline, temporaryPath)) <= sizeBytesMax;
    if (picture.probe.mediaType !== "image/jpeg" && (await fits(flat().png({ compressionLevel: 6 })))) {
      return { mediaType: "image/png" as const };
    }
    for (const jpeg of JPEGS) {
      if (await fits(flat().jpeg(jpeg))) return { mediaType: "image/jpeg" as const };
    }
    let size: PixelSize | null = picture.probe;
    for (let step = 0; step < SCALE_STEPS_MAX; step += 1) {
      size = smaller(size, (await stat(temporaryPath)).size, sizeBytesMax, sidePxMin);
      if (!size) break;
      if (
        await fits(
          flat()
            .resize({ ...size, fit: "fill" })
            .jpeg(LIGHTEST_JPEG),
        )
      ) {
        return { mediaType: "image/jpeg" as const };
      }
    }
    throw new MediaError("input", `cannot be made lighter than ${(sizeBytesMax / 1e6).toFixed(1)} MB`);
  });
}

/** The size at which the picture should weigh no more than it may; null where a side would become too short. */
function smaller(
  { width, height }: PixelSize,
  sizeBytes: number,
  sizeBytesMax: number,
  sidePxMin: number,
): PixelSize | null {
  const scale = Math.sqrt(sizeBytesMax / sizeBytes) * SCALE_MARGIN;
  const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
  return Math.min(size.width, size.height) < sidePxMin ? null : size;
}

/** Answers the bytes written. */
async function write(pipeline: Sharp, path: string): Promise<number> {
  const { size } = await pipeline.toFile(path).catch((cause) => {
    throw damageError(cause);
  });
  return size;
}
