import { copyFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { MediaProcess } from "@/lib/server/media/media-process";
import { type ImageProbe, MediaError } from "@/lib/server/media/media-tasks";
import { sniffFile } from "@/lib/server/media/sniff";
import { fetchInput } from "./fetch-input";
import { type FileLimits, UPLOAD_LIFE_MS } from "./limits";
import type { Task } from "./task";
import type { UploadStore } from "./upload-store";
import { invalidParameter, VendorError } from "./vendor-error";

export type InputReader = {
  uploads: UploadStore;
  media: MediaProcess;
  fetch: typeof fetch | undefined;
  now: () => number;
  expiryScale: number;
};

const CANNOT_FIND = new VendorError(
  "InvalidParameter.DataInspection",
  "Failed to find the requested media resource during the data inspection process.",
);

/**
 * Brings one input of a task into its folder, from wherever the request says it is, and returns its path. Throws a
 * VendorError when it cannot be had.
 */
export async function bringInput(
  reader: InputReader,
  task: Task,
  folder: string,
  input: { url: string; place: string; limits: FileLimits; signal: AbortSignal },
): Promise<string> {
  const { url, place, limits } = input;
  if (url.startsWith("data:")) {
    const taken = task.dataUris[place];
    if (!limits.acceptsDataUri || !taken) throw invalidParameter("url error, please check url!");
    const path = join(folder, taken.fileName);
    const { mediaType } = await sniffFile(path);
    if (mediaType !== taken.mediaType) {
      throw invalidParameter(
        `${place}: the MIME type "${taken.mediaType}" does not match the content of the file.`,
      );
    }
    return path;
  }
  const path = join(folder, `fetched-${place.replace(/[^a-z0-9_]/gi, "-")}`);
  if (url.startsWith("oss://")) await copyUpload(reader, task, url.slice("oss://".length), path);
  else if (/^https?:\/\//i.test(url)) {
    await fetchInput(url, path, {
      fetch: reader.fetch,
      sizeBytesMax: limits.sizeBytesMax,
      signal: input.signal,
    });
  } else throw invalidParameter("url error, please check url!");
  return path;
}

async function copyUpload(reader: InputReader, task: Task, key: string, path: string): Promise<void> {
  const found = await reader.uploads.find(key);
  if (!found || task.createdAt > found.upload.uploadedAt + UPLOAD_LIFE_MS / reader.expiryScale)
    throw CANNOT_FIND;
  if (found.upload.accountId !== task.accountId || found.upload.model !== task.model) {
    throw invalidParameter("Don't have authorization to access the media resource.");
  }
  await copyFile(found.path, path);
}

/** Holds a file against its limits. Returns what a picture is; null for sound and film. */
export async function checkInput(
  media: MediaProcess,
  path: string,
  place: string,
  limits: FileLimits,
  signal: AbortSignal,
): Promise<ImageProbe | null> {
  if ((await stat(path)).size > limits.sizeBytesMax) {
    throw new VendorError(
      "InvalidFile.Size",
      `${place}: the file is larger than ${limits.sizeBytesMax / 2 ** 20} MB.`,
    );
  }
  const { mediaType } = await sniffFile(path);
  if (mediaType === null || !limits.mediaTypes.includes(mediaType)) {
    throw new VendorError("InvalidFile.Format", `${place}: the file format is not supported.`);
  }
  if (limits.kind !== "image") return null;
  const probe = await probePicture(media, path, place, limits, signal);
  checkSides(probe, place, limits);
  if (probe.mediaType === "image/png" && probe.hasAlpha) {
    throw new VendorError("InvalidFile.Format", `${place}: a PNG must not have an alpha channel.`);
  }
  return probe;
}

async function probePicture(
  media: MediaProcess,
  path: string,
  place: string,
  limits: FileLimits,
  signal: AbortSignal,
): Promise<ImageProbe> {
  const sideMax = limits.sidePx?.max ?? 0;
  try {
    return await media.run("probe-image", { path, pixelsMax: sideMax * sideMax }, { signal });
  } catch (error) {
    if (!(error instanceof MediaError) || error.blame !== "input") throw error;
    if (/^is \d+ × \d+ pixels/.test(error.message)) throw sidesError(place, limits);
    throw invalidParameter("Failed to decode the image during the data inspection.");
  }
}

function checkSides(
  { width, height }: { width: number; height: number },
  place: string,
  limits: FileLimits,
): void {
  const { sidePx, ratioMax } = limits;
  const [shorter, longer] = width < height ? [width, height] : [height, width];
  if (sidePx && (shorter < sidePx.min || longer > sidePx.max)) throw sidesError(place, limits);
  if (ratioMax && longer > shorter * ratioMax) {
    throw new VendorError(
      "InvalidFile.AspectRatio",
      `${place}: the aspect ratio must be from 1:${ratioMax} to ${ratioMax}:1.`,
    );
  }
}

function sidesError(place: string, { sidePx }: FileLimits): VendorError {
  return new VendorError(
    "InvalidFile.Resolution",
    `${place}: width and height must each be from ${sidePx?.min} to ${sidePx?.max} pixels.`,
  );
}
