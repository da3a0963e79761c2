import { openAsBlob } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { SlotName } from "@/lib/domain/models/model";
import type { JobFile } from "../provider";
import type { UploadPolicy } from "./response";

/**
 * Pictures up to this many bytes travel inside the create call. The vendor publishes no limit for the whole body;
 * base64 adds a third, and about 7 MB of file is what is known to pass.
 */
export const DATA_URI_BYTES_MAX = 7_000_000;

const ENDINGS: Record<string, string> = {
  "image/jpeg": ".jpg",
  "image/png": ".png",
  "image/bmp": ".bmp",
  "image/webp": ".webp",
};

export type Uploader = {
  getPolicy(): Promise<UploadPolicy>;
  postForm(uploadHost: string, form: FormData): Promise<void>;
};

/**
 * Each file as an address that the vendor can read: a data URI, or `oss://` after a temporary upload. `usesOss` says
 * that the create call must ask for such addresses to be resolved.
 */
export async function toReadableUrls(
  media: Partial<Record<SlotName, JobFile>>,
  uploader: Uploader,
): Promise<{ urls: Partial<Record<SlotName, string>>; usesOss: boolean }> {
  const urls: Partial<Record<SlotName, string>> = {};
  let usesOss = false;
  for (const [slot, file] of Object.entries(media) as [SlotName, JobFile][]) {
    if (file.mediaType.startsWith("image/") && file.sizeBytes <= DATA_URI_BYTES_MAX) {
      urls[slot] = `data:${file.mediaType};base64,${await readFile(file.path, "base64")}`;
    } else {
      urls[slot] = await upload(file, uploader);
      usesOss = true;
    }
  }
  return { urls, usesOss };
}

/** Sends one file to the vendor's temporary store (kept 48 h, for one model and account) and answers its `oss://`. */
async function upload(file: JobFile, uploader: Uploader): Promise<string> {
  const policy = await uploader.getPolicy();
  // Our local names have no ending; whoever reads the file there may go by one.
  const name = basename(file.path).replace(/\.[^.]*$/, "") + (ENDINGS[file.mediaType] ?? "");
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
  await uploader.postForm(policy.upload_host, form);
  return `oss://${key}`;
}
