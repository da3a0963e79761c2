import type { MediaTasks, PixelSize } from "./media-tasks";
import { damageError, openPicture, PICTURE_BACKGROUND, PICTURE_PIXELS_MAX } from "./open-picture";
import type { WriteWhole } from "./write-whole";

const PREVIEW_QUALITY = 80;

/** Writes a small upright WEBP, on the white that a see-through picture is filmed on; a picture that is small already keeps its size. Returns the size written, px. */
export async function makePreview(
  { path, outputPath, sidePxMax }: MediaTasks["make-preview"]["input"],
  writeWhole: WriteWhole,
): Promise<PixelSize> {
  const picture = await openPicture(path, PICTURE_PIXELS_MAX);
  return writeWhole(outputPath, async (temporaryPath) => {
    const { width, height } = await picture
      .pipeline()
      .flatten({ background: PICTURE_BACKGROUND })
      .resize(sidePxMax, sidePxMax, { fit: "inside", withoutEnlargement: true })
      .webp({ quality: PREVIEW_QUALITY })
      .toFile(temporaryPath)
      .catch((cause) => {
        throw damageError(cause);
      });
    return { width, height };
  });
}
