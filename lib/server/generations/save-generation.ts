import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, link, rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { GenerationEvent } from "@/lib/domain/generation-state";
import { insertAsset } from "../assets/asset-repository";
import { type CheckedFile, keepFiles } from "../assets/keep-file";
import { isMediaError } from "../media/media-tasks";
import { sniffFile } from "../media/sniff";
import { ownTroubleOf } from "../own-trouble";
import { downloadResult, EndlessFileError } from "../providers/download";
import { LinkError } from "../providers/link-error";
import type { RemoteTask } from "../providers/provider";
import type { Connection } from "../providers/registry";
import type { Generation } from "./generation";
import { backoffMs, GRACE_MS, tryAgainAt, type Workshop } from "./workshop";
import { notStoredYet, resultExpired } from "./workshop-failures";

const POSTER_PIXELS_MAX = 16_384 ** 2;

/** A file that does not decode, or does not end, is asked for less and less often. */
const WRONG_FILE_WAIT_MS_MAX = 15 * 60_000;
/** Failed so often, a link may be dead without saying so. */
const TRIES_PER_LINK = 4;

/**
 * Fetches a finished clip, checks that it decodes, makes its poster, and stores both; only then is the generation
 * done, in the same transaction as its files. Anything that goes wrong is tried again for as long as the vendor
 * still has the file. A file that arrived whole stays in the spool until the row is done: it is not fetched again, and not
 * given up, because something of our own failed.
 */
export async function saveGeneration(workshop: Workshop, generation: Generation): Promise<void> {
  const { generations, clock, log } = workshop;
  const connection = workshop.connections.find(generation.connection);
  try {
    if (!connection) throw new Error(`${generation.connection.label} is not set up any more`);
    await fetchAndStore(workshop, connection, generation);
  } catch (error) {
    if (workshop.stopping.aborted) return;
    log.warn({ generationId: generation.id, error }, "a finished clip could not be stored yet");
    const isHere = await exists(spoolPath(workshop, generation));
    const isLinkSuspect =
      error instanceof LinkError ||
      (!isHere && !ownTroubleOf(error) && generation.attempt % TRIES_PER_LINK === TRIES_PER_LINK - 1);
    const result =
      isLinkSuspect && connection ? await freshLink(workshop, connection, generation) : undefined;
    await generations.applyEvent(generation, notStored(generation, clock.now(), { error, isHere, result }));
  }
}

/** The same file for every try, also after a restart. */
function spoolPath({ incoming }: Workshop, { id }: Generation): string {
  return incoming.pathFor(`${id}.mp4`);
}

async function fetchAndStore(
  workshop: Workshop,
  connection: Connection,
  generation: Generation,
): Promise<void> {
  const { generations, incoming, clock, stopping } = workshop;
  if (!generation.result) throw new Error("A finished generation has no result");
  const spooledPath = spoolPath(workshop, generation);
  const [videoPath, posterPath] = [incoming.newPath(".mp4"), incoming.newPath(".jpg")];
  try {
    if (!(await exists(spooledPath))) {
      await downloadResult({
        fetch: connection.fetch,
        url: generation.result.url,
        trustedOrigin: connection.trustedOrigin,
        path: spooledPath,
        signal: stopping,
      });
    }
    const video = await checkVideo(workshop, generation, spooledPath);
    const poster = await makePoster(workshop, generation, spooledPath, posterPath);
    // Storing takes a file away, and takes it back out when the row cannot be written: the spool keeps its own name for it.
    await linkOrCopy(spooledPath, videoPath);
    const files = [poster, { ...video, path: videoPath }];
    await keepFiles(workshop, files, async ([picture, video], announcedIds) => {
      if (!video || !picture) throw new Error("keepFiles lost a file");
      const stored = await generations.applyEvent(generation, async (transaction) => ({
        type: "stored",
        at: clock.now(),
        videoAssetId: (await insertAsset(transaction, video, announcedIds)).id,
        posterAssetId: (await insertAsset(transaction, picture, [])).id,
      }));
      // Someone else has stored it meanwhile: the files are theirs or strays, and the sweep tells which.
      if (!stored) throw new Error("the generation moved on while its clip was stored");
    });
    // What cannot be cleared away now is left to the sweep: the row is done.
    await rm(spooledPath, { force: true }).catch(() => {});
  } finally {
    await Promise.all([posterPath, videoPath].map((made) => rm(made, { force: true })));
  }
}

/** A second name for the same bytes; a second copy where the file system has no such names. */
async function linkOrCopy(fromPath: string, toPath: string): Promise<void> {
  await link(fromPath, toPath).catch(() => copyFile(fromPath, toPath));
}

/** What came is no film that can be shown. */
class NoFilmError extends Error {
  override readonly name = "NoFilmError";
}

/**
 * A file that does not decode is thrown away, so that the next try fetches it anew. What decodes is kept, of whatever
 * length: it was paid for, and it says itself how long it is.
 */
async function checkVideo(
  { media }: Workshop,
  { ownerId, id }: Generation,
  path: string,
): Promise<CheckedFile> {
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
    const { mediaType, label } = await sniffFile(path);
    await rm(path, { force: true });
    const words = mediaType?.startsWith("video/") ? `a video that ${error.message}` : label;
    throw new NoFilmError(`The vendor sent ${words}`, { cause: error });
  }
}

async function makePoster(
  { media }: Workshop,
  { ownerId, id }: Generation,
  videoPath: string,
  path: string,
): Promise<CheckedFile> {
  await media.run("make-poster", { path: videoPath, outputPath: path });
  const poster = await media.run("probe-image", { path, pixelsMax: POSTER_PIXELS_MAX });
  return {
    path,
    ownerId,
    kind: "image",
    mediaType: poster.mediaType,
    fileName: `${id}.jpg`,
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

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The link was refused: the vendor may still have the file under a new one. */
async function freshLink(workshop: Workshop, { provider }: Connection, generation: Generation) {
  try {
    const status = await provider.check(generation.remoteTask as RemoteTask, workshop.stopping);
    return status.kind === "succeeded" ? status.result : undefined;
  } catch {
    return undefined;
  }
}

function notStored(
  { attempt, deadlineAt, result: known }: Generation,
  at: number,
  { error, isHere, result }: { error: unknown; isHere: boolean; result: Generation["result"] | undefined },
): GenerationEvent {
  const goneAt = Math.max(deadlineAt ?? 0, result?.expiresAt ?? known?.expiresAt ?? 0);
  const message = error instanceof Error ? error.message : String(error);
  const trouble = ownTroubleOf(error);
  // The vendor's own word ends it at once; a network that is down after a night asleep does not.
  const isGone = at >= (error instanceof LinkError ? goneAt : goneAt + GRACE_MS);
  // A file that is here already and only could not be kept is never given up.
  const isOurs = trouble !== null || (isHere && !isMediaError(error));
  if (isGone && !isOurs) return { type: "lost", at, failure: resultExpired(message) };
  const isWrongFile = error instanceof NoFilmError || error instanceof EndlessFileError;
  const waitMs = backoffMs(attempt, isWrongFile ? WRONG_FILE_WAIT_MS_MAX : undefined);
  return {
    type: "not-stored",
    at,
    dueAt: tryAgainAt(at, waitMs, goneAt),
    failure: notStoredYet(message, { title: trouble?.words ?? (isWrongFile ? message : null), isHere }),
    ...(result && { result }),
  };
}
