import { rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { finishWholePart } from "../providers/part-file";
import { type Incoming, NAMED_FOLDER } from "../storage/incoming";

export type FilmSpool = ReturnType<typeof filmSpool>;

/**
 * Where a generation's finished film lies from its last byte until it is stored: the same file for every try, also after a
 * restart. One that cannot be read goes aside, so that it can be fetched anew without giving up what has come.
 */
export function filmSpool(incoming: Incoming, id: string) {
  const name = `${id}.mp4`;
  const path = incoming.pathFor(name);
  // Of the same ending, so that a backup takes it along.
  const asidePath = incoming.pathFor(`${id}.aside.mp4`);

  return {
    path,
    /** From the data folder on. */
    shownPath: join(NAMED_FOLDER, name),

    /** The whole file is at `path`; a download that was killed between its last byte and its name is given it. */
    async hasFilm(): Promise<boolean> {
      return (await sizeOf(path)) !== null || finishWholePart(path);
    },

    /** There is a whole file, be it one that was set aside. Where the disk does not say, there may be one. */
    async mayHaveAny(): Promise<boolean> {
      const sizes = Promise.all([sizeOf(path), sizeOf(asidePath)]);
      return sizes.then((found) => found.some((size) => size !== null)).catch(() => true);
    },

    /** Makes room for another try. A copy that was cut short does not take the place of a longer one. */
    async setAside(): Promise<void> {
      const [cameBytes, keptBytes] = await Promise.all([sizeOf(path), sizeOf(asidePath)]);
      if ((keptBytes ?? 0) > (cameBytes ?? 0)) await rm(path, { force: true });
      else await rename(path, asidePath);
    },

    /** Puts what was set aside back, where there is something. */
    async takeBack(): Promise<boolean> {
      if ((await sizeOf(asidePath)) === null) return false;
      await rename(asidePath, path);
      return true;
    },

    discard: () => rm(path, { force: true }),

    async clear(): Promise<void> {
      await Promise.all([path, asidePath].map((kept) => rm(kept, { force: true })));
    },
  };
}

/** Null only where there is surely no file: a disk that does not answer throws. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
