import type { ReadySlot, SlotContent } from "./draft";

/** The file that the slot goes back to when the one on its way is not taken. */
export function goodOne(held: SlotContent | undefined): ReadySlot | undefined {
  return held?.status === "ready" ? held : held?.replaces;
}

/** A file that is there, on its way, or can be sent again does not give way to one that cannot be taken. */
export function isWorthKeeping(held: SlotContent | undefined): held is SlotContent {
  return held !== undefined && (held.status !== "stopped" || held.canRetry);
}

export function fileNameOf(content: SlotContent | undefined): string {
  if (!content) return "the file";
  return content.status === "ready" ? content.input.fileName : content.fileName;
}
