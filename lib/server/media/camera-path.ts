import { randomFrom } from "./seeded-random";

/** What the camera sees, in pixels of the whole picture: the window's corner, and how much it is enlarged. */
export type CameraWindow = { left: number; top: number; zoom: number };

const ZOOM_AT_LEAST = 0.05;
const ZOOM_PER_SECOND = 0.007;
const ZOOM_AT_MOST = 0.14;
const DRIFT_MAX = 0.8;

/**
 * A slow push into the picture with a little drift, the direction decided by the seed. It starts on the whole picture
 * (zoom 1) and never leaves it; speed is zero at both ends, and positions are fractions of pixels, so nothing jumps.
 */
export function cameraPath(shot: {
  width: number;
  height: number;
  frameCount: number;
  framesPerSecond: number;
  seed: number;
}): (frameIndex: number) => CameraWindow {
  const random = randomFrom(shot.seed);
  const angle = random() * 2 * Math.PI;
  const seconds = shot.frameCount / shot.framesPerSecond;
  const zoomGain = Math.min(ZOOM_AT_MOST, ZOOM_AT_LEAST + ZOOM_PER_SECOND * seconds);
  return (frameIndex) => {
    const progress = shot.frameCount > 1 ? frameIndex / (shot.frameCount - 1) : 0;
    const eased = 0.5 - 0.5 * Math.cos(Math.PI * progress);
    const zoom = 1 + zoomGain * eased;
    // The zoom frees a margin; the drift uses a growing part of it.
    const slackX = (shot.width - shot.width / zoom) / 2;
    const slackY = (shot.height - shot.height / zoom) / 2;
    return {
      zoom,
      left: slackX * (1 + DRIFT_MAX * Math.cos(angle) * eased),
      top: slackY * (1 + DRIFT_MAX * Math.sin(angle) * eased),
    };
  };
}
