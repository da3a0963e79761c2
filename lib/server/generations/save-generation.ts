import { copyFile, link, rm } from "node:fs/promises";
import type { GenerationEvent } from "@/lib/domain/generation-state";
import { insertAsset } from "../assets/asset-repository";
import { keepFiles } from "../assets/keep-file";
import { ownTroubleOf } from "../own-trouble";
import { downloadResult, EndlessFileError } from "../providers/download";
import { LinkError } from "../providers/link-error";
import type { RemoteTask } from "../providers/provider";
import type { Connection } from "../providers/registry";
import { checkVideo, makePoster, NoFilmError } from "./check-film";
import { type FilmSpool, filmSpool } from "./film-spool";
import type { Generation } from "./generation";
import { backoffMs, GRACE_MS, tryAgainAt, type Workshop } from "./workshop";
import { filmUnreadable, notStoredYet, resultExpired } from "./workshop-failures";

/** A file that does not decode, or does not end, is asked for less and less often. */
const WRONG_FILE_WAIT_MS_MAX = 15 * 60_000;
/** Failed so often, a link may be dead without saying so. */
const TRIES_PER_LINK = 4;

/**
 * Fetches a finished clip, checks that it decodes, makes its poster, and stores both; only then is the generation
 * done, in the same transaction as its files. Anything that goes wrong is tried again for as long as the vendor
 * still has the file. A film that arrived whole stays in the spool until the row is done: it needs no vendor any more, and
 * it is never given up, nor by another process, which has not got it. Where it cannot be read it is fetched again while
 * that can be done, and then kept as it is.
 */
export async function saveGeneration(workshop: Workshop, generation: Generation): Promise<void> {
  const { generations, clock, log } = workshop;
  const connection = workshop.connections.find(generation.connection);
  const spool = filmSpool(workshop.incoming, generation.id);
  try {
    await fetchAndStore(workshop, connection, generation, spool);
  } catch (error) {
    if (workshop.stopping.aborted) return;
    log.warn({ generationId: generation.id, error }, "a finished clip could not be stored yet");
    const isHere = await spool.mayHaveAny();
    const isElsewhere = isOnAnotherDisk(workshop, generation);
    const isLinkSuspect =
      error instanceof LinkError ||
      ((!isHere || error instanceof NoFilmError) &&
        !(error instanceof OnAnotherDiskError) &&
        !ownTroubleOf(error) &&
        generation.attempt % TRIES_PER_LINK === TRIES_PER_LINK - 1);
    const result =
      isLinkSuspect && connection ? await freshLink(workshop, connection, generation) : undefined;
    await generations.applyEvent(
      generation,
      notStored(generation, clock.now(), { error, isHere, isElsewhere, shownPath: spool.shownPath, result }),
    );
  }
}

async function fetchAndStore(
  workshop: Workshop,
  connection: Connection | null,
  generation: Generation,
  spool: FilmSpool,
): Promise<void> {
  const { generations, incoming, clock } = workshop;
  const isOver = clock.now() >= goneAtOf(generation);
  const canFetch = connection !== null && !isOver;
  if (!(await spool.hasFilm()) && (canFetch || !(await spool.takeBack()))) {
    if (isOver && isOnAnotherDisk(workshop, generation)) throw new OnAnotherDiskError(generation);
    await fetchFilm(workshop, connection, generation, spool.path);
  }
  const [videoPath, posterPath] = [incoming.newPath(".mp4"), incoming.newPath(".jpg")];
  try {
    const video = await checkVideo(workshop, generation, spool, canFetch);
    const poster = await makePoster(workshop, video, posterPath);
    // Storing takes a file away, and takes it back out when the row cannot be written: the spool keeps its own name for it.
    await linkOrCopy(spool.path, videoPath);
    // The film first: its preview is made from the poster, which storing takes away.
    const files = [{ ...video, path: videoPath, posterPath }, poster];
    await keepFiles(workshop, files, async ([video, picture], announcedIds) => {
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
    await spool.clear().catch(() => {});
  } finally {
    await Promise.all([posterPath, videoPath].map((made) => rm(made, { force: true })));
  }
}

async function fetchFilm(
  { stopping }: Workshop,
  connection: Connection | null,
  { result, connection: { label } }: Generation,
  path: string,
): Promise<void> {
  if (!connection) throw new Error(`${label} is not set up any more`);
  if (!result) throw new Error("A finished generation has no result");
  const { fetch, trustedOrigin } = connection;
  await downloadResult({ fetch, url: result.url, trustedOrigin, path, signal: stopping });
}

/** A second name for the same bytes; a second copy where the file system has no such names. */
async function linkOrCopy(fromPath: string, toPath: string): Promise<void> {
  await link(fromPath, toPath).catch(() => copyFile(fromPath, toPath));
}

/** Only the process that works on that disk can store the film, once the vendor no longer has it. */
class OnAnotherDiskError extends Error {
  override readonly name = "OnAnotherDiskError";

  constructor({ id, spoolId }: Generation) {
    super(`${id}.mp4 is in the data folder whose incoming/id is ${spoolId}`);
  }
}

/** Another process has the whole film. What a backup brought back has no other process: its disk came with it. */
function isOnAnotherDisk({ incoming }: Workshop, { spoolId, restoredAt }: Generation): boolean {
  return spoolId !== null && spoolId !== incoming.spoolId && restoredAt === null;
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

/** From then on the vendor may no longer have the file. */
function goneAtOf({ deadlineAt, result }: Pick<Generation, "deadlineAt" | "result">): number {
  return Math.max(deadlineAt ?? 0, result?.expiresAt ?? 0);
}

function notStored(
  generation: Generation,
  at: number,
  {
    error,
    isHere,
    isElsewhere,
    shownPath,
    result,
  }: {
    error: unknown;
    isHere: boolean;
    isElsewhere: boolean;
    shownPath: string;
    result: Generation["result"] | undefined;
  },
): GenerationEvent {
  const { attempt } = generation;
  const goneAt = Math.max(goneAtOf(generation), result?.expiresAt ?? 0);
  const message = error instanceof Error ? error.message : String(error);
  const trouble = ownTroubleOf(error);
  // The vendor's own word ends it at once; a network that is down after a night asleep does not.
  const isGone = at >= (error instanceof LinkError ? goneAt : goneAt + GRACE_MS);
  // A film that has come is never given up, whatever keeps it from its place.
  if (isGone && trouble === null && !isHere && !isElsewhere)
    return { type: "lost", at, failure: resultExpired(message) };
  const isWrongFile = error instanceof NoFilmError || error instanceof EndlessFileError;
  // While it can be fetched anew, what is wrong is what was sent.
  const isUnreadable = isHere && at >= goneAt && error instanceof NoFilmError;
  const waitMs = backoffMs(attempt, isWrongFile ? WRONG_FILE_WAIT_MS_MAX : undefined);
  return {
    type: "not-stored",
    at,
    dueAt: tryAgainAt(at, waitMs, goneAt),
    failure: isUnreadable
      ? filmUnreadable(message, shownPath)
      : notStoredYet(message, {
          title: trouble?.words ?? (isWrongFile ? message : null),
          place: isHere && !isWrongFile ? "here" : isElsewhere ? "elsewhere" : "vendor",
        }),
    ...(result && { result }),
  };
}
