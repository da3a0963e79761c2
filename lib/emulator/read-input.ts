import { copyFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { MediaProcess } from "@/lib/server/media/media-process";
import { isMediaError, type PixelSize } from "@/lib/server/media/media-tasks";
import { sniffFile } from "@/lib/server/media/sniff";
import type { WantedInput } from "./check-request";
import { fetchInput } from "./fetch-input";
import { type FileLimits, UPLOAD_LIFE_MS } from "./limits";
import type { DataUri, Task } from "./task";
import type { UploadStore } from "./upload-store";
import { invalidParameter, VendorError } from "./vendor-error";

export type InputReader = {
  uploads: UploadStore;
  media: MediaProcess;
  fetch: typeof fetch | undefined;
  now: () => number;
  expiryScale: number;
  isStrict: boolean;
};

/** What a file is, as far as its kind has it. */
export type InputProbe = { size: PixelSize | null; durationSeconds: number | null };

const CANNOT_FIND = new VendorError(
  "InvalidParameter.DataInspection",
  "Failed to find the requested media resource during the data inspection process.",
);
const wrongUrl = () => invalidParameter("url error, please check url!");

/**
 * Brings one input of a task into its folder, from wherever the request says it is, and returns its path. Throws a
 * VendorError when it cannot be had.
 */
export async function bringInput(
  reader: InputReader,
  task: Task,
  folder: string,
  { url, place, limits }: WantedInput,
  signal: AbortSignal,
): Promise<string> {
  const taken = task.dataUris[place];
  if (taken || url.startsWith("data:")) {
    const isTaken = limits.acceptsDataUri === "unless strict" ? !reader.isStrict : limits.acceptsDataUri;
    if (!isTaken || !taken) throw wrongUrl();
    return checkDataUri(join(folder, taken.fileName), place, taken);
  }
  const path = join(folder, `fetched-${place.replace(/[^a-z0-9_]/gi, "-")}`);
  if (url.startsWith("oss://")) await copyUpload(reader, task, url.slice("oss://".length), path);
  else if (/^https?:\/\//i.test(url)) {
    const { fetch, isStrict } = reader;
    await fetchInput(url, path, { fetch, sizeBytesMax: limits.sizeBytesMax, signal, isStrict });
  } else throw wrongUrl();
  return path;
}

// What clients call the same thing.
const SAME_AS: Record<string, string> = { "audio/mp3": "audio/mpeg", "audio/x-wav": "audio/wav" };

async function checkDataUri(path: string, place: string, { mediaType }: DataUri): Promise<string> {
  if (mediaType === null) return path;
  const sniffed = await sniffFile(path);
  if (sniffed.mediaType !== (SAME_AS[mediaType] ?? mediaType)) {
    throw invalidParameter(`${place}: the MIME type "${mediaType}" does not match the content of the file.`);
  }
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

/** Holds a file against its limits. Throws a VendorError that names the one it breaks. */
export async function checkInput(
  media: MediaProcess,
  path: string,
  { place, limits }: WantedInput,
  signal: AbortSignal,
): Promise<InputProbe> {
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
  const probe = await probeInput(media, path, place, limits, signal);
  if (probe.size) checkSides(probe.size, place, limits);
  if (probe.durationSeconds !== null) checkDuration(probe.durationSeconds, place, limits);
  return probe;
}

async function probeInput(
  media: MediaProcess,
  path: string,
  place: string,
  limits: FileLimits,
  signal: AbortSignal,
): Promise<InputProbe> {
  try {
    if (limits.kind === "image") return await probePicture(media, path, place, limits, signal);
    if (limits.kind === "video") {
      const film = await media.run("probe-video", { path }, { signal });
      return { size: film, durationSeconds: film.durationSeconds };
    }
    const { durationSeconds } = await media.run("probe-audio", { path }, { signal });
    return { size: null, durationSeconds };
  } catch (error) {
    if (!isMediaError(error) || error.blame !== "input") throw error;
    if (/^is \d+ × \d+ pixels/.test(error.message)) throw sidesError(place, limits);
    throw limits.kind === "image"
      ? invalidParameter("Failed to decode the image during the data inspection.")
      : new VendorError("InvalidFile.Openerror", `${place}: the file cannot be read.`);
  }
}

async function probePicture(
  media: MediaProcess,
  path: string,
  place: string,
  { sidePx }: FileLimits,
  signal: AbortSignal,
): Promise<InputProbe> {
  const sideMax = sidePx?.max ?? 0;
  const probe = await media.run("probe-image", { path, pixelsMax: sideMax * sideMax }, { signal });
  if (probe.mediaType === "image/png" && probe.hasAlpha) {
    throw new VendorError("InvalidFile.Format", `${place}: a PNG must not have an alpha channel.`);
  }
  return { size: probe, durationSeconds: null };
}

function checkSides({ width, height }: PixelSize, place: string, limits: FileLimits): void {
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

// Encoders pad: an MP3 of thirty seconds holds a little more than thirty.
const DURATION_TOLERANCE_SECONDS = 0.1;

function checkDuration(seconds: number, place: string, { durationSeconds: bounds }: FileLimits): void {
  if (!bounds) return;
  const isShort = seconds < bounds.min - DURATION_TOLERANCE_SECONDS;
  if (!isShort && seconds <= bounds.max + DURATION_TOLERANCE_SECONDS) return;
  throw new VendorError(
    "InvalidFile.Duration",
    `${place}: the duration must be from ${bounds.min} to ${bounds.max} seconds, but is ${seconds.toFixed(2)}.`,
  );
}
