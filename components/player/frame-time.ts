/** Every film made by the models has this many frames a second. */
export const FRAMES_PER_SECOND = 30;

/** Half a frame: a seek to the middle of a frame shows that frame, whichever way a decoder rounds. */
const MIDDLE = 0.5;

export function frameAt(seconds: number): number {
  // A frame's own start time, as a float, may fall a hair before it.
  return Math.max(0, Math.floor(seconds * FRAMES_PER_SECOND + 1e-4));
}

export function lastFrame(durationSeconds: number): number {
  return Math.max(0, Math.round(durationSeconds * FRAMES_PER_SECOND) - 1);
}

/** Where to seek, so that exactly this frame is shown. */
export function timeOfFrame(frame: number): number {
  return (frame + MIDDLE) / FRAMES_PER_SECOND;
}

/** The start of a frame as `0:02.13`. */
export function formatFrameTime(frame: number): string {
  const hundredths = Math.floor((frame * 100) / FRAMES_PER_SECOND);
  const minutes = Math.floor(hundredths / 6000);
  const seconds = String(Math.floor((hundredths % 6000) / 100)).padStart(2, "0");
  return `${minutes}:${seconds}.${String(hundredths % 100).padStart(2, "0")}`;
}

/** Where a step leads from a frame; it stays inside the film. */
export function stepFrame(frame: number, step: number, durationSeconds: number): number {
  return Math.min(lastFrame(durationSeconds), Math.max(0, frame + step));
}
