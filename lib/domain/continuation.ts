import { formatSeconds } from "./format-seconds";

/** How a clip and what follows it share the seconds of the film; shares are of the whole track. */
export type Continuation = {
  clipShare: number;
  newShare: number;
  newSeconds: number;
  words: string;
};

/** The clip's own seconds count: the duration is the whole length, and all of it is billed. */
export function continuation(clipSeconds: number, filmSeconds: number, trackSeconds: number): Continuation {
  const newSeconds = Math.max(0, filmSeconds - clipSeconds);
  return {
    clipShare: Math.min(1, clipSeconds / trackSeconds),
    newShare: newSeconds / trackSeconds,
    newSeconds,
    words:
      newSeconds > 0
        ? `${formatSeconds(newSeconds)} new ${newSeconds === 1 ? "second" : "seconds"} after ${formatSeconds(clipSeconds)} · all ${filmSeconds} s are billed`
        : `The clip alone lasts ${formatSeconds(clipSeconds)} s: nothing new would fit into ${filmSeconds} s.`,
  };
}

/** Why nothing new would come of it, or null. */
export function refuseContinuation(
  clipSeconds: number,
  filmSeconds: number,
  lengths: readonly number[],
): string | null {
  if (filmSeconds > clipSeconds) return null;
  const enough = lengths.find((seconds) => seconds > clipSeconds);
  const measured = `The clip lasts ${formatSeconds(clipSeconds)} s and counts into the duration`;
  return enough === undefined
    ? `${measured}; the longest film here is ${lengths.at(-1)} s. Choose a shorter clip.`
    : `${measured}: choose ${enough} s or more.`;
}
