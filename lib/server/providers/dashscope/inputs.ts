import { openAsBlob } from "node:fs";
import { basename, extname } from "node:path";
import { fitsInCall, type InputWay } from "@/lib/domain/input-way";
import type { SlotName } from "@/lib/domain/models/model";
import { toDataUri } from "../data-uri";
import { type JobFile, ProviderError, type SentInputs, type SentMedia } from "../provider";
import type { InputUrls } from "./request";
import type { UploadPolicy } from "./response";
import { noWayLeft, tooLargeForStore } from "./upload-failures";

/** The failure of an upload whose permission had run out: another one may be asked for. */
export const UPLOAD_EXPIRED = "upload-expired";

export type Uploader = {
  getPolicy(): Promise<UploadPolicy>;
  /** Throws a ProviderError; one of kind `upload-expired` where the policy was too old. */
  postForm(uploadHost: string, form: FormData, slot: SlotName | null): Promise<void>;
};

/** `prefersLinks`: the vendor has turned uploads down of late. `unreadWays`: not to be tried again for this order. */
export type Choice = { prefersLinks: boolean; unreadWays: readonly InputWay[] };

/**
 * Each file as an address that the vendor can read: a data URI, `oss://` after a temporary upload, or a link to us.
 * Uploads are documented for Beijing alone and disputed elsewhere, so a link may take their place. Throws a
 * ProviderError where a file has no way left.
 */
export async function bringInputs(
  media: Partial<Record<SlotName, JobFile>>,
  choice: Choice,
  uploader: Uploader,
): Promise<SentInputs & { urls: InputUrls }> {
  const urls: InputUrls = {};
  const sent: SentMedia = {};
  const stuck = new Set<InputWay>();
  for (const [slot, file] of Object.entries(media) as [SlotName, JobFile][]) {
    const ways = waysOf(file, choice);
    const brought = await bring(slot, file, ways, uploader);
    urls[slot] = brought.url;
    sent[slot] = brought.way;
    if (ways.at(-1) === brought.way) stuck.add(brought.way);
  }
  const spareWays = [...new Set(Object.values(sent))].filter((way) => !stuck.has(way));
  const { unreadWays } = choice;
  return {
    urls,
    sent,
    ...(spareWays.length > 0 && { spareWays }),
    ...(unreadWays.length > 0 && { unreadWays }),
  };
}

/** The ways that this file has, the likeliest first. */
function waysOf(file: JobFile, { prefersLinks, unreadWays }: Choice): InputWay[] {
  if (fitsInCall(file)) return ["inline"];
  const links: InputWay[] = file.publicUrl ? ["link"] : [];
  const ways: InputWay[] = prefersLinks ? [...links, "upload"] : ["upload", ...links];
  return ways.filter((way) => !unreadWays.includes(way));
}

async function bring(
  slot: SlotName,
  file: JobFile,
  [way, ...others]: InputWay[],
  uploader: Uploader,
): Promise<{ way: InputWay; url: string }> {
  if (way === "inline") return { way, url: await toDataUri(file) };
  if (way === "link" && file.publicUrl) return { way, url: file.publicUrl };
  if (way !== "upload") throw noWayLeft(slot);
  try {
    return { way, url: await upload(slot, file, uploader) };
  } catch (error) {
    // What may pass is tried again; a refusal for good leaves the other way, if there is one.
    if (!(error instanceof ProviderError) || error.isRetryable || others.length === 0) throw error;
    return bring(slot, file, others, uploader);
  }
}

/** Sends one file to the vendor's temporary store (kept 48 h, for one model and account) and answers its `oss://`. */
async function upload(slot: SlotName, file: JobFile, uploader: Uploader): Promise<string> {
  try {
    return await uploadWith(await uploader.getPolicy(), slot, file, uploader);
  } catch (error) {
    if (!(error instanceof ProviderError) || error.failure.kind !== UPLOAD_EXPIRED) throw error;
    return uploadWith(await uploader.getPolicy(), slot, file, uploader);
  }
}

async function uploadWith(
  policy: UploadPolicy,
  slot: SlotName,
  file: JobFile,
  uploader: Uploader,
): Promise<string> {
  const sizeMbMax = policy.max_file_size_mb;
  if (sizeMbMax && file.sizeBytes > sizeMbMax * 1_000_000) throw tooLargeForStore(slot, sizeMbMax);
  const name = extname(file.path)
    ? basename(file.path)
    : `${basename(file.path)}.${file.mediaType.split("/")[1]}`;
  const content = await openAsBlob(file.path, { type: file.mediaType });
  return postFile(policy, { name, content }, slot, uploader);
}

/** Posts the bytes with the fields that the upload page names, and answers their `oss://`. */
export async function postFile(
  policy: UploadPolicy,
  { name, content }: { name: string; content: Blob },
  slot: SlotName | null,
  uploader: Pick<Uploader, "postForm">,
): Promise<string> {
  const key = `${policy.upload_dir}/${name}`;
  const form = new FormData();
  form.set("OSSAccessKeyId", policy.oss_access_key_id);
  form.set("Signature", policy.signature);
  form.set("policy", policy.policy);
  form.set("key", key);
  form.set("x-oss-object-acl", policy.x_oss_object_acl);
  form.set("x-oss-forbid-overwrite", policy.x_oss_forbid_overwrite);
  form.set("success_action_status", "200");
  form.set("x-oss-content-type", content.type);
  // The store reads no field after the file.
  form.set("file", content, name);
  await uploader.postForm(policy.upload_host, form, slot);
  return `oss://${key}`;
}
