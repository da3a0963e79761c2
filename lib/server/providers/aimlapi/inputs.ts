import { formatBytes, slotLabel } from "@/lib/domain/asset";
import type { FieldErrors } from "@/lib/domain/errors";
import { fitsInCall, type InputWay } from "@/lib/domain/input-way";
import type { SlotName } from "@/lib/domain/models/model";
import { toDataUri } from "../data-uri";
import type { JobFile, OrderOutline, SentMedia } from "../provider";
import type { InputUrls } from "./request";

type Weighed = { mediaType: string; sizeBytes: number };

/** The gateway has no upload: small pictures travel inside the call, everything else needs a link to us. */
function wayOf(file: Weighed, hasPublicLink: boolean): InputWay | null {
  if (fitsInCall(file)) return "inline";
  return hasPublicLink ? "link" : null;
}

/** Which files cannot reach the gateway from here, in words. */
export function refuseMedia({ media, hasPublicLinks }: OrderOutline): FieldErrors {
  const fields: FieldErrors = {};
  for (const [slot, file] of Object.entries(media)) {
    if (wayOf(file, hasPublicLinks) === null) fields[slot] = noWay(slot as SlotName, file);
  }
  return fields;
}

export function noWay(slot: SlotName, file: Weighed & { fileName?: string }): string {
  const name = file.fileName ? `“${file.fileName}”` : `The ${slotLabel(slot)}`;
  const why = file.mediaType.startsWith("image/")
    ? `${name} is ${formatBytes(file.sizeBytes)}, too large to travel inside a call to AI/ML API`
    : `${name} is no picture, and AI/ML API takes a ${slotLabel(slot)} only by a public link`;
  return `${why}. This studio has no public links: they need sign-in and PUBLIC_URL.`;
}

/** Each file as an address that the gateway can read. `unreachable` names the first that has none. */
export async function bringInputs(
  media: Partial<Record<SlotName, JobFile>>,
): Promise<{ urls: InputUrls; sent: SentMedia; unreachable: SlotName | null }> {
  const urls: InputUrls = {};
  const sent: SentMedia = {};
  for (const [slot, file] of Object.entries(media) as [SlotName, JobFile][]) {
    const way = wayOf(file, Boolean(file.publicUrl));
    if (way === null) return { urls, sent, unreachable: slot };
    const url = way === "link" ? file.publicUrl : await toDataUri(file);
    if (url) urls[slot] = url;
    sent[slot] = way;
  }
  return { urls, sent, unreachable: null };
}
