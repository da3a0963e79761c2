import { type CameraWindow, cameraPath } from "./camera-path";
import type { PixelSize } from "./media-tasks";
import { damageError, openPicture, PICTURE_PIXELS_MAX } from "./open-picture";
import { createPlaneResampler } from "./resample-plane";
import { type YuvPicture, yuvFromRgb } from "./yuv";

/** Reads a picture as a film of this size shows it: covering all of it. Throws MediaError. */
export async function loadPicture(path: string, { width, height }: PixelSize): Promise<YuvPicture> {
  const picture = await openPicture(path, PICTURE_PIXELS_MAX);
  const rgb = await picture
    .pipeline()
    .flatten({ background: "#ffffff" })
    .removeAlpha()
    .resize(width, height, { fit: "cover", kernel: "lanczos3" })
    .raw()
    .toBuffer()
    .catch((cause) => {
      throw damageError(cause);
    });
  return yuvFromRgb(rgb, width, height);
}

/** A camera over a picture: draws what it sees at each instant of its path. */
export type Camera = { draw(frameIndex: number, into: YuvPicture): void };

/**
 * A camera that moves for `frameCount` frames, from the whole picture into it (`in`), or out of it until all of it is
 * seen (`out`).
 */
export function createCamera(
  picture: YuvPicture,
  way: "in" | "out",
  move: { frameCount: number; framesPerSecond: number; seed: number },
): Camera {
  const { width, height } = picture;
  const windowAt = cameraPath({ ...move, width, height });
  const drawLuma = createPlaneResampler(picture.y, width, height);
  const drawBlue = createPlaneResampler(picture.u, width / 2, height / 2);
  const drawRed = createPlaneResampler(picture.v, width / 2, height / 2);
  return {
    draw(frameIndex, into) {
      const window = windowAt(way === "in" ? frameIndex : move.frameCount - 1 - frameIndex);
      drawLuma(window, into.y);
      drawBlue(halved(window), into.u);
      drawRed(halved(window), into.v);
    },
  };
}

function halved({ left, top, zoom }: CameraWindow): CameraWindow {
  return { left: left / 2, top: top / 2, zoom };
}
