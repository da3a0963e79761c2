import type { AssetKind } from "@/lib/domain/asset";
import type { Model, SlotName } from "@/lib/domain/models/model";
import type { Draft } from "./draft";

/** Where a file dropped on the page belongs: the first empty slot of its kind, else the first of its kind. */
export function slotForFile(model: Model, media: Draft["media"], mediaType: string): SlotName | null {
  const names = Object.keys(model.slots) as SlotName[];
  const ofKind = names.filter((name) => model.slots[name]?.kind === kindOf(mediaType));
  // A file of no kind we know goes to the first slot, which says what it takes.
  const candidates = ofKind.length > 0 ? ofKind : names;
  return candidates.find((name) => !media[name]) ?? candidates[0] ?? null;
}

function kindOf(mediaType: string): AssetKind | null {
  if (mediaType.startsWith("image/")) return "image";
  if (mediaType.startsWith("audio/")) return "audio";
  return mediaType.startsWith("video/") ? "video" : null;
}
