import { formatSeconds } from "@/lib/domain/format-seconds";

/** What becomes of the given audio; shares are of the whole track, from its start. */
export type AudioUse = {
  /** Up to here it is heard. */
  usedShare: number;
  /** Up to here it goes on unheard, because the film is over. */
  audioShare: number;
  /** Up to here the film goes on without it. */
  filmShare: number;
  /** The audio goes on past the end of the track. */
  runsPastTrack: boolean;
  words: string;
};

/** Closer than this nobody hears a difference. */
const SAME_SECONDS = 0.05;

/** Audio longer than the film is cut at its end; audio shorter leaves the rest silent. */
export function audioUse(audioSeconds: number, filmSeconds: number, trackSeconds: number): AudioUse {
  const share = (seconds: number) => Math.min(1, seconds / trackSeconds);
  return {
    usedShare: share(Math.min(audioSeconds, filmSeconds)),
    audioShare: share(audioSeconds),
    filmShare: share(filmSeconds),
    runsPastTrack: audioSeconds > trackSeconds,
    words: wordsFor(audioSeconds, filmSeconds),
  };
}

function wordsFor(audioSeconds: number, filmSeconds: number): string {
  const difference = audioSeconds - filmSeconds;
  if (Math.abs(difference) < SAME_SECONDS) return `all ${formatSeconds(audioSeconds)} s used`;
  return difference > 0
    ? `first ${filmSeconds} of ${formatSeconds(audioSeconds)} s used`
    : `${formatSeconds(audioSeconds)} s of audio, then ${formatSeconds(-difference)} s of silence`;
}
