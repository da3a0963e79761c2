import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { CheckedFile } from "../assets/keep-file";
import { isMediaError } from "../media/media-tasks";
import { sniffFile } from "../media/sniff";
import type { FilmSpool } from "./film-spool";
import type { Generation } from "./generation";
import type { Workshop } from "./workshop";

const POSTER_PIXELS_MAX = 16_384 ** 2;

/** What came is no film that can be shown. */
export class NoFilmError extends Error {
  override readonly name = "NoFilmError";
}

type CheckedVideo = CheckedFile & { width: number; height: number };

/**
 * What decodes is kept, of whatever length: it was paid for, and it says itself how long it is. A film that does not makes
 * room for the next try while it can be fetched anew; only what is no film at all is thrown away.
 */
export async function checkVideo(
  { media, generations, incoming }: Workshop,
  { ownerId, id, spoolId }: Generation,
  spool: FilmSpool,
  canFetch: boolean,
): Promise<CheckedVideo> {
  const { path } = spool;
  const { mediaType, label } = await sniffFile(path);
  const isFilm = mediaType?.startsWith("video/") ?? false;
  // Before anything else is done with it: from here on no other process may call it lost.
  if (isFilm && spoolId !== incoming.spoolId) await generations.noteSpool(id, incoming.spoolId);
  try {
    const probe = await media.run("probe-video", { path });
    return {
      path,
      ownerId,
      kind: "video",
      mediaType: probe.mediaType,
      fileName: `${id}.mp4`,
      width: probe.width,
      height: probe.height,
      durationSeconds: probe.durationSeconds,
      needsFlattening: false,
      ...(await weigh(path)),
    };
  } catch (error) {
    if (!isMediaError(error) || error.blame !== "input") throw error;
    if (!isFilm) await spool.discard();
    else if (canFetch) await spool.setAside();
    throw new NoFilmError(`The vendor sent ${isFilm ? `a video that ${error.message}` : label}`, {
      cause: error,
    });
  }
}

/** A film that decodes is kept, also where its first picture cannot be drawn. */
export async function makePoster(
  { media, log }: Workshop,
  video: CheckedVideo,
  path: string,
): Promise<CheckedFile> {
  await media.run("make-poster", { path: video.path, outputPath: path }).catch((error: unknown) => {
    if (!isMediaError(error) || error.blame !== "input") throw error;
    log.warn({ error, fileName: video.fileName }, "a clip gets a plain poster");
    return media.run("make-plain-poster", { width: video.width, height: video.height, outputPath: path });
  });
  const poster = await media.run("probe-image", { path, pixelsMax: POSTER_PIXELS_MAX });
  return {
    path,
    ownerId: video.ownerId,
    kind: "image",
    mediaType: poster.mediaType,
    fileName: video.fileName.replace(/mp4$/, "jpg"),
    width: poster.width,
    height: poster.height,
    durationSeconds: null,
    needsFlattening: false,
    ...(await weigh(path)),
  };
}

async function weigh(path: string): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return { sha256: hash.digest("hex"), sizeBytes: (await stat(path)).size };
}
