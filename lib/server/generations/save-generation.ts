import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { isAppError } from "@/lib/domain/errors";
import type { GenerationEvent } from "@/lib/domain/generation-state";
import { insertAsset } from "../assets/asset-repository";
import { type CheckedFile, keepFiles } from "../assets/keep-file";
import { isMediaError } from "../media/media-tasks";
import { downloadResult, LinkError } from "../providers/download";
import type { RemoteTask } from "../providers/provider";
import type { Connection } from "../providers/registry";
import type { Generation } from "./generation";
import { backoffMs, type Workshop } from "./workshop";
import { notStoredYet, resultExpired } from "./workshop-failures";

const POSTER_PIXELS_MAX = 16_384 ** 2;

/**
 * Fetches a finished clip, checks that it decodes, makes its poster, and stores both; only then is the generation
 * done, in the same transaction as its files. Anything that goes wrong is tried again for as long as the vendor
 * still has the file. A file that arrived whole is not fetched again because something of our own failed.
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
    const result =
      error instanceof LinkError && connection
        ? await freshLink(workshop, connection, generation)
        : undefined;
    const isHere = await exists(spoolPath(workshop, generation));
    const event = notStored(generation, clock.now(), error, { fresh: result, isHere });
    if (event.type === "lost") await rm(spoolPath(workshop, generation), { force: true });
    await generations.applyEvent(generation, event);
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
  const videoPath = spoolPath(workshop, generation);
  const posterPath = incoming.newPath(".jpg");
  try {
    if (!(await exists(videoPath))) {
      await downloadResult({
        fetch: connection.fetch,
        url: generation.result.url,
        trustedOrigin: connection.trustedOrigin,
        path: videoPath,
        signal: stopping,
      });
    }
    const video = await checkVideo(workshop, generation, videoPath);
    const poster = await makePoster(workshop, generation, videoPath, posterPath);
    // The video last: once it is put away, another try has to fetch it again.
    await keepFiles(workshop, [poster, video], async ([picture, video], announcedIds) => {
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
  } finally {
    await rm(posterPath, { force: true });
  }
}

/** A file that does not decode is thrown away, so that the next try fetches it anew. */
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
    if (isMediaError(error) && error.blame === "input") await rm(path, { force: true });
    throw error;
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
  error: unknown,
  { fresh, isHere }: { fresh: Generation["result"] | undefined; isHere: boolean },
): GenerationEvent {
  const message = error instanceof Error ? error.message : String(error);
  const goneAt = Math.max(deadlineAt ?? 0, fresh?.expiresAt ?? known?.expiresAt ?? 0);
  // A file that is here already and only could not be kept is never given up.
  if (at >= goneAt && !isOursToMend(error, isHere))
    return { type: "lost", at, failure: resultExpired(message) };
  return {
    type: "not-stored",
    at,
    dueAt: at + backoffMs(attempt),
    failure: notStoredYet(message),
    ...(fresh && { result: fresh }),
  };
}

/** Whatever but the file itself keeps a file that is here from being kept: a full or read-only disk, rights, a service that is down. */
function isOursToMend(error: unknown, isHere: boolean): boolean {
  if (isMediaError(error)) return error.blame === "process";
  return (
    isHere ||
    // The database or the storage is down, and the file may be there already.
    (isAppError(error) && error.code === "unavailable") ||
    (error instanceof Error && "code" in error && error.code === "ENOSPC")
  );
}
