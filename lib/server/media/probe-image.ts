import { type ImageProbe, MediaError, type MediaTasks } from "./media-tasks";
import { damageError, openPicture } from "./open-picture";

/** Says what a picture is, and decodes all of it so that a damaged file shows. Throws MediaError. */
export async function probeImage({
  path,
  pixelsMax,
}: MediaTasks["probe-image"]["input"]): Promise<ImageProbe> {
  const picture = await openPicture(path, pixelsMax);
  try {
    // Shrinking to a thumbnail reads every row without ever holding the whole picture.
    await picture.pipeline().resize(32, 32, { fit: "fill", fastShrinkOnLoad: false }).raw().toBuffer();
  } catch (cause) {
    throw cause instanceof MediaError ? cause : damageError(cause);
  }
  return picture.probe;
}
