import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { GenerationEvent } from "@/lib/domain/generation-state";
import { insertAsset } from "../assets/asset-repository";
import { type CheckedFile, keepFiles } from "../assets/keep-file";
import { downloadResult, LinkError } from "../providers/download";
import type { RemoteTask } from "../providers/provider";
import type { Connection } from "../providers/registry";
import type { Generation } from "./generation";
import { backoffMs, type Workshop } from "./workshop";
import { resultExpired } from "./workshop-failures";

const PROBE_SIDE_PX_MAX = 16_384;

/**
 * Fetches a finished clip, checks that it decodes, makes its poster, and stores both; only then is the generation
 * done, in the same transaction as its files. Anything that goes wrong is tried again for as long as the vendor
 * still has the file.
 */
export async function saveGeneration(workshop: Workshop, generation: Generation): Promise<void> {
  const { generations, clock, log } = workshop;
  const connection = workshop.connections.find(generation.connection.id);
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
    await generations.applyEvent(generation, notStored(generation, clock.now(), error, result));
  }
}

async function fetchAndStore(
  workshop: Workshop,
  connection: Connection,
  generation: Generation,
): Promise<void> {
  const { generations, incoming, media, clock, stopping } = workshop;
  if (!generation.result) throw new Error("A finished generation has no result");
  const videoPath = incoming.newPath(".mp4");
  const posterPath = incoming.newPath(".jpg");
  try {
    await downloadResult({
      fetch: connection.fetch,
      url: generation.result.url,
      trustedOrigin: connection.trustedOrigin,
      path: videoPath,
      signal: stopping,
    });
    const probe = await media.run("probe-video", { path: videoPath });
    await media.run("make-poster", { path: videoPath, outputPath: posterPath });
    const poster = await media.run("probe-image", { path: posterPath, pixelsMax: PROBE_SIDE_PX_MAX ** 2 });
    const { ownerId, id } = generation;
    const files: CheckedFile[] = [
      {
        path: videoPath,
        ownerId,
        kind: "video",
        mediaType: probe.mediaType,
        fileName: `${id}.mp4`,
        width: probe.width,
        height: probe.height,
        durationSeconds: probe.durationSeconds,
        needsFlattening: false,
        ...(await weigh(videoPath)),
      },
      {
        path: posterPath,
        ownerId,
        kind: "image",
        mediaType: poster.mediaType,
        fileName: `${id}.jpg`,
        width: poster.width,
        height: poster.height,
        durationSeconds: null,
        needsFlattening: false,
        ...(await weigh(posterPath)),
      },
    ];
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
  } finally {
    await Promise.all([videoPath, posterPath].map((path) => rm(path, { force: true })));
  }
}

async function weigh(path: string): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return { sha256: hash.digest("hex"), sizeBytes: (await stat(path)).size };
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
  fresh: Generation["result"] | undefined,
): GenerationEvent {
  const goneAt = Math.max(deadlineAt ?? 0, fresh?.expiresAt ?? known?.expiresAt ?? 0);
  if (at >= goneAt) {
    return {
      type: "lost",
      at,
      failure: resultExpired(error instanceof Error ? error.message : String(error)),
    };
  }
  return { type: "not-stored", at, dueAt: at + backoffMs(attempt), ...(fresh && { result: fresh }) };
}
