import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { z } from "zod";

/** What is on disk of a file that has not wholly come yet. */
export type Part = {
  /** The strong ETag or the Last-Modified of the file it belongs to, as it goes into `If-Range`. */
  validator: string;
  totalBytes: number | null;
  /** So many bytes would survive a power cut. What the part holds beyond them is not counted on. */
  keptBytes: number;
};

const FLUSH_EVERY_BYTES = 1_048_576;

const noteSchema = z.object({
  validator: z.string().min(1),
  totalBytes: z.number().int().nullable(),
  keptBytes: z.number().int().positive(),
});

const partPathOf = (path: string) => `${path}.part`;
const notePathOf = (path: string) => `${path}.part.json`;

/**
 * What an earlier try left of `path`, perhaps in a process that was killed; null where there is nothing to go on with. Throws
 * where the disk does not say: what is there is not given up for that.
 */
export async function readPart(path: string): Promise<Part | null> {
  try {
    const note = noteSchema.safeParse(JSON.parse(await readFile(notePathOf(path), "utf8")));
    const { size } = await stat(partPathOf(path));
    return note.success && size >= note.data.keptBytes ? note.data : null;
  } catch (error) {
    // No part, no note, or one that a cut left half written: the file is fetched from its beginning.
    if (error instanceof SyntaxError || isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** Gives a part that is complete its name, as where its process was killed just before; false where it is not. */
export async function finishWholePart(path: string): Promise<boolean> {
  const part = await readPart(path);
  if (!part || part.keptBytes !== part.totalBytes) return false;
  await finishPart(path);
  return true;
}

/** The note first: a part without one is never gone on with. */
export async function forgetPart(path: string): Promise<void> {
  await rm(notePathOf(path), { force: true });
  await rm(partPathOf(path), { force: true });
}

/** Gives a part that is complete its name. */
export async function finishPart(path: string): Promise<void> {
  await rename(partPathOf(path), path);
  await rm(notePathOf(path), { force: true });
}

export type PartWriter = {
  readonly writtenBytes: number;
  write(chunk: Uint8Array): Promise<void>;
  /** Makes all that is written last, whatever becomes of this process. Without a validator nothing is kept. */
  keep(): Promise<void>;
  close(): Promise<void>;
};

/** Opens the part behind its first `fromBytes`, or empty. */
export async function openPartWriter(
  path: string,
  { validator, totalBytes }: { validator: string | null; totalBytes: number | null },
  fromBytes: number,
): Promise<PartWriter> {
  // A note must never speak of bytes that are another file's.
  if (fromBytes === 0) await forgetPart(path);
  const file = await open(partPathOf(path), fromBytes > 0 ? "r+" : "w", 0o600);
  if (fromBytes > 0) await file.truncate(fromBytes);
  let writtenBytes = fromBytes;
  let keptBytes = fromBytes;

  async function keep(): Promise<void> {
    if (writtenBytes === keptBytes) return;
    await file.datasync();
    if (validator !== null) await writeNote(path, { validator, totalBytes, keptBytes: writtenBytes });
    keptBytes = writtenBytes;
  }

  return {
    get writtenBytes() {
      return writtenBytes;
    },
    async write(chunk) {
      writtenBytes += await writeAll(file, chunk, writtenBytes);
      if (writtenBytes - keptBytes >= FLUSH_EVERY_BYTES) await keep();
    },
    keep,
    close: () => file.close(),
  };
}

/** A full disk takes what still fits and fails at the rest. */
async function writeAll(file: FileHandle, chunk: Uint8Array, position: number): Promise<number> {
  for (let done = 0; done < chunk.byteLength; ) {
    const { bytesWritten } = await file.write(chunk, done, chunk.byteLength - done, position + done);
    done += bytesWritten;
  }
  return chunk.byteLength;
}

/** The old note or the new one, never half of one. */
async function writeNote(path: string, note: Part): Promise<void> {
  const temporaryPath = `${notePathOf(path)}.tmp`;
  await writeFile(temporaryPath, JSON.stringify(note), { mode: 0o600, flush: true });
  await rename(temporaryPath, notePathOf(path));
}
