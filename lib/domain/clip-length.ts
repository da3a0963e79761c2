/** Films end on a whole frame, and sound on a whole packet. */
const TOLERANCE_SECONDS = 0.25;

/** What to say where the file is not as long as what was ordered; null where it is. It was paid for and is kept all the same. */
export function lengthNote(orderedSeconds: number, clipSeconds: number): string | null {
  if (Math.abs(clipSeconds - orderedSeconds) <= TOLERANCE_SECONDS) return null;
  return `the vendor's file has ${Number(clipSeconds.toFixed(1))} s`;
}
