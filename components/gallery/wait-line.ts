import { formatClock } from "@/lib/domain/clock-time";
import type { GenerationView } from "@/lib/domain/generation";

export type WaitLine = {
  words: string;
  /** How far it is through the usual time, 0 to 1; null where there is none, or it is past. */
  usualShare: number | null;
};

/** How a clip stands that is on its way: its place in line, the time so far, and what is usual. */
export function waitLine(
  { state, failure }: Pick<GenerationView, "state" | "failure">,
  {
    place,
    isWorked,
    elapsedSeconds,
    usualSeconds,
    usualWords,
  }: {
    /** 1 is next; null where nothing is known to stand before it. */
    place: number | null;
    /** Somebody works on what waits. */
    isWorked: boolean;
    elapsedSeconds: number;
    /** The slow end of what is usual, and its words; null without a history. */
    usualSeconds: number | null;
    usualWords: string | null;
  },
): WaitLine {
  if (state === "queued" && !isWorked) return { words: UNWORKED, usualShare: null };
  const clock = formatClock(elapsedSeconds);
  // What is usual says nothing of a wait that those in front decide.
  if (state === "queued" && !failure && place !== null) {
    const placeWords = place === 1 ? "next in line" : `number ${place} in line`;
    return { words: `${placeWords} · ${clock}`, usualShare: null };
  }
  if (usualSeconds === null) return { words: clock, usualShare: null };
  if (elapsedSeconds > usualSeconds) return { words: `${clock} · longer than usual`, usualShare: null };
  return { words: `${clock} · ${usualWords}`, usualShare: elapsedSeconds / usualSeconds };
}

const UNWORKED = "Nothing is working on the queue just now; it has not been sent.";
