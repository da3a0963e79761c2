import type { SlotName } from "@/lib/domain/models/model";
import { waysTo } from "@/lib/domain/refuse-order";
import { toDataUri } from "../data-uri";
import type { JobFile, SentMedia } from "../provider";
import type { InputUrls } from "./request";

const PLACE = { vendor: "aimlapi" } as const;

/** Each file as an address that the gateway can read. `unreachable` names the first that has none. */
export async function bringInputs(
  media: Partial<Record<SlotName, JobFile>>,
): Promise<{ urls: InputUrls; sent: SentMedia; unreachable: SlotName | null }> {
  const urls: InputUrls = {};
  const sent: SentMedia = {};
  for (const [slot, file] of Object.entries(media) as [SlotName, JobFile][]) {
    const [way] = waysTo({ place: PLACE, hasPublicLinks: Boolean(file.publicUrl) }, file);
    if (way === undefined) return { urls, sent, unreachable: slot };
    const url = way === "link" ? file.publicUrl : await toDataUri(file);
    if (url) urls[slot] = url;
    sent[slot] = way;
  }
  return { urls, sent, unreachable: null };
}
