import type { AssetKind } from "@/lib/domain/asset";
import { type Mode, type Model, SLOT_NAMES, type SlotName } from "@/lib/domain/models/model";
import { type Draft, slotsOfMode } from "./draft";

/** What a file claims to be; null where it says nothing we know. */
export function claimedKind(mediaType: string): AssetKind | null {
  if (mediaType.startsWith("image/")) return "image";
  if (mediaType.startsWith("audio/")) return "audio";
  return mediaType.startsWith("video/") ? "video" : null;
}

/** The frames that the strip shows in a mode: its own, and the last one where it would make a film between two. */
export function framesShown(model: Model, mode: Mode): SlotName[] {
  const own = slotsOfMode(model, mode).filter((name) => model.slots[name]?.kind === "image");
  return mode === "animate" && model.modes.between && !own.includes("lastFrame")
    ? [...own, "lastFrame"]
    : own;
}

/**
 * Where a file dropped on the page belongs: a picture to the first empty frame, a clip to the clip's place, audio to
 * the lane. Null when the model has no place for its kind.
 */
export function slotForFile(
  model: Model,
  mode: Mode,
  media: Draft["media"],
  kind: AssetKind | null,
): SlotName | null {
  return placeFor(model, mode, media, kind, []);
}

function placeFor(
  model: Model,
  mode: Mode,
  media: Draft["media"],
  kind: AssetKind | null,
  taken: readonly SlotName[],
): SlotName | null {
  const frames = framesShown(model, mode);
  // A file of no kind we know goes to a place of the mode, which says in words what it takes.
  if (kind === null) return slotsOfMode(model, mode).find((name) => !taken.includes(name)) ?? null;
  const candidates = (
    kind === "image" && frames.length > 0
      ? frames
      : SLOT_NAMES.filter((name) => model.slots[name]?.kind === kind)
  ).filter((name) => !taken.includes(name));
  return candidates.find((name) => isFree(media, name)) ?? candidates[0] ?? null;
}

/**
 * Places for files that came together, in their order; pictures are the frames in the order of time, whatever is there.
 * `first` is where the first was aimed at. Null for a file that found no place left.
 */
export function slotsForFiles(
  model: Model,
  mode: Mode,
  media: Draft["media"],
  kinds: readonly (AssetKind | null)[],
  first: SlotName | null = null,
): (SlotName | null)[] {
  const taken: SlotName[] = [];
  const pictures = kinds.filter((kind) => kind === "image").length;
  return kinds.map((kind, index) => {
    const aimed = index === 0 ? first : null;
    const free = kind === "image" && pictures > 1 ? {} : media;
    const name = aimed ?? placeFor(model, mode, free, kind, taken);
    if (name) taken.push(name);
    return name;
  });
}

/** What was refused holds no place. */
function isFree(media: Draft["media"], name: SlotName): boolean {
  const content = media[name];
  return !content || (content.status === "stopped" && !content.canRetry);
}
