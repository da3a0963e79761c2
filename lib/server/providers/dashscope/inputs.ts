import { openAsBlob } from "node:fs";
import { basename, extname } from "node:path";
import type { SlotName } from "@/lib/domain/models/model";
import { fitsInCall, toDataUri } from "../data-uri";
import { type InputWay, type JobFile, ProviderError, type SentMedia } from "../provider";
import type { InputUrls } from "./request";
import type { UploadPolicy } from "./response";

/** The failure of an upload whose permission had run out: another one may be asked for. */
export const UPLOAD_EXPIRED = "upload-expired";

export type Uploader = {
  getPolicy(): Promise<UploadPolicy>;
  /** Throws a ProviderError; one of kind `upload-expired` where the policy was too old. */
  postForm(uploadHost: string, form: FormData, slot: SlotName): Promise<void>;
  refuseTooLarge(slot: SlotName, sizeMbMax: number): ProviderError;
};

export type Inputs = { urls: InputUrls; sent: SentMedia };

/**
 * Each file as an address that the vendor can read: a data URI, `oss://` after a temporary upload, or a link to us.
 * Uploads are documented for Beijing alone and disputed elsewhere, so `otherwise` has links in their place, where
 * there are any; `readsUploads: false` says that the vendor has turned one down before.
 */
export async function bringInputs(
  media: Partial<Record<SlotName, JobFile>>,
  readsUploads: boolean,
  uploader: Uploader,
): Promise<Inputs & { otherwise: Inputs | null }> {
  const urls: InputUrls = {};
  const sent: SentMedia = {};
  for (const [slot, file] of filesOf(media)) {
    let way = firstWay(file, readsUploads);
    if (way === "upload") {
      try {
        urls[slot] = await upload(slot, file, uploader);
      } catch (error) {
        // What may pass is tried again; a refusal for good leaves the other way, if there is one.
        if (!(error instanceof ProviderError) || error.isRetryable || !file.publicUrl) throw error;
        way = "link";
      }
    }
    if (way === "inline") urls[slot] = await toDataUri(file);
    if (way === "link" && file.publicUrl) urls[slot] = file.publicUrl;
    sent[slot] = way;
  }
  return { urls, sent, otherwise: withLinks({ urls, sent }, media) };
}

function firstWay(file: JobFile, readsUploads: boolean): InputWay {
  if (fitsInCall(file)) return "inline";
  return file.publicUrl && !readsUploads ? "link" : "upload";
}

function withLinks({ urls, sent }: Inputs, media: Partial<Record<SlotName, JobFile>>): Inputs | null {
  const uploaded = filesOf(media).filter(([slot]) => sent[slot] === "upload");
  if (uploaded.length === 0 || uploaded.some(([, file]) => !file.publicUrl)) return null;
  const links = Object.fromEntries(uploaded.map(([slot, file]) => [slot, file.publicUrl])) as InputUrls;
  const ways = Object.fromEntries(uploaded.map(([slot]) => [slot, "link"])) as SentMedia;
  return { urls: { ...urls, ...links }, sent: { ...sent, ...ways } };
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
  if (sizeMbMax && file.sizeBytes > sizeMbMax * 1_000_000) throw uploader.refuseTooLarge(slot, sizeMbMax);
  const name = extname(file.path)
    ? basename(file.path)
    : `${basename(file.path)}.${file.mediaType.split("/")[1]}`;
  const key = `${policy.upload_dir}/${name}`;
  const form = new FormData();
  form.set("OSSAccessKeyId", policy.oss_access_key_id);
  form.set("Signature", policy.signature);
  form.set("policy", policy.policy);
  form.set("key", key);
  form.set("x-oss-object-acl", policy.x_oss_object_acl);
  form.set("x-oss-forbid-overwrite", policy.x_oss_forbid_overwrite);
  form.set("success_action_status", "200");
  form.set("x-oss-content-type", file.mediaType);
  // The store reads no field after the file.
  form.set("file", await openAsBlob(file.path, { type: file.mediaType }), name);
  await uploader.postForm(policy.upload_host, form, slot);
  return `oss://${key}`;
}

function filesOf(media: Partial<Record<SlotName, JobFile>>): [SlotName, JobFile][] {
  return Object.entries(media) as [SlotName, JobFile][];
}
