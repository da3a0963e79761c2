import { formatSeconds } from "./format-seconds";

/** How a clip and what follows it share the seconds of the film; shares are of the whole track. */
export type Continuation = {
  clipShare: number;
  newShare: number;
  newSeconds: number;
  /** `3 new`, for the track itself. */
  label: string;
  words: string;
};

/** Of every film that says so, and likely of the others. (API reference, "Output video": 30 fps, MP4, H.264.) */
const FRAMES_PER_SECOND = 30;

/** The clip's own seconds count: the duration is the whole length, and all of it is billed. */
export function continuation(clipSeconds: number, filmSeconds: number, trackSeconds: number): Continuation {
  const newFrames = newFramesOf(clipSeconds, filmSeconds);
  const newSeconds = newFrames > 0 ? filmSeconds - clipSeconds : 0;
  return {
    clipShare: Math.min(1, clipSeconds / trackSeconds),
    newShare: newSeconds / trackSeconds,
    newSeconds,
    label: isSliver(newSeconds, newFrames) ? frameWords(newFrames) : `${formatSeconds(newSeconds)} new`,
    words:
      newFrames > 0
        ? `${newWords(newSeconds, newFrames)} after ${formatSeconds(clipSeconds)} · all ${filmSeconds} s are billed`
        : `The clip alone lasts ${formatSeconds(clipSeconds)} s: nothing new would fit into ${filmSeconds} s.`,
  };
}

/** Why nothing new would come of it, or null. A clip that is short of the film by less than a frame leaves no room for one. */
export function refuseContinuation(
  clipSeconds: number,
  filmSeconds: number,
  lengths: readonly number[],
): string | null {
  if (newFramesOf(clipSeconds, filmSeconds) > 0) return null;
  const enough = lengths.find((seconds) => newFramesOf(clipSeconds, seconds) > 0);
  const measured = `The clip lasts ${formatSeconds(clipSeconds)} s and counts into the duration`;
  return enough === undefined
    ? `${measured}; the longest film here is ${lengths.at(-1)} s. Choose a shorter clip.`
    : `${measured}: choose ${enough} s or more.`;
}

/** Whole frames that are left for the model, at the film's own rate. */
function newFramesOf(clipSeconds: number, filmSeconds: number): number {
  return Math.max(
    0,
    Math.round(filmSeconds * FRAMES_PER_SECOND) - Math.round(clipSeconds * FRAMES_PER_SECOND),
  );
}

/** New, but too short to be told in tenths of a second. */
function isSliver(newSeconds: number, newFrames: number): boolean {
  return newFrames > 0 && newSeconds < 0.1;
}

function frameWords(newFrames: number): string {
  return newFrames === 1 ? "1 new frame" : `${newFrames} new frames`;
}

/** `3 new seconds`; what is too short to be told in tenths is counted in frames. */
function newWords(newSeconds: number, newFrames: number): string {
  if (isSliver(newSeconds, newFrames)) return `Only ${frameWords(newFrames)}`;
  const seconds = formatSeconds(newSeconds);
  return `${seconds} new ${seconds === "1" ? "second" : "seconds"}`;
}
