import { stat } from "node:fs/promises";
import type { Sharp } from "sharp";
import type { MediaTasks } from "./media-tasks";
import { damageError, openPicture, PICTURE_PIXELS_MAX } from "./open-picture";
import type { WriteWhole } from "./write-whole";

// Logos and drawings are made for light pages; on black their dark lines would vanish.
const BACKGROUND = "#ffffff";

const JPEG = { quality: 97, chromaSubsampling: "4:4:4", mozjpeg: false } as const;

// A palette picture may grow tenfold as RGB; beyond this a JPEG of this quality is the better carrier (vendors take 20 MB).
const PNG_SIZE_BYTES_MAX = 19_000_000;

/**
 * Writes a picture as vendors want it: upright, without transparency, without metadata (so no place where it was
 * taken), sRGB, 8 bits. JPEG stays JPEG and lossless stays lossless. Throws MediaError.
 */
export async function flattenImage(
  { path, outputPath }: MediaTasks["flatten-image"]["input"],
  writeWhole: WriteWhole,
): Promise<MediaTasks["flatten-image"]["output"]> {
  const picture = await openPicture(path, PICTURE_PIXELS_MAX);
  const flat = () => picture.pipeline().flatten({ background: BACKGROUND }).removeAlpha();
  return writeWhole(outputPath, async (temporaryPath) => {
    if (picture.probe.mediaType !== "image/jpeg") {
      await write(flat().png({ compressionLevel: 6 }), temporaryPath);
      if ((await stat(temporaryPath)).size <= PNG_SIZE_BYTES_MAX) return { mediaType: "image/png" as const };
    }
    await write(flat().jpeg(JPEG), temporaryPath);
    return { mediaType: "image/jpeg" as const };
  });
}

async function write(pipeline: Sharp, path: string): Promise<void> {
  await pipeline.toFile(path).catch((cause) => {
    throw damageError(cause);
  });
}
