import { rm } from "node:fs/promises";
import type { Clock } from "../clock";
import type { MediaProcess } from "../media/media-process";
import type { Incoming } from "../storage/incoming";
import type { Storage } from "../storage/storage";
import type { AssetRepository, NewAsset } from "./asset-repository";
import { blobKeyFor, previewKeyFor } from "./blob-key";

export const PREVIEW_SIDE_PX_MAX = 640;

export type FileKeeper = {
  assets: AssetRepository;
  storage: Storage;
  media: MediaProcess;
  incoming: Incoming;
  clock: Clock;
};

/** A complete, checked file on local disk that is to become an asset. */
export type CheckedFile = Omit<NewAsset, "blobKey" | "previewKey" | "createdAt"> & {
  path: string;
  /** Of a clip: the picture to make its preview from. Without one it is made from the clip. */
  posterPath?: string;
};

/**
 * Puts files (and a preview of each picture, and of each clip's first frame) into storage, then calls `insert` with the rows to write and the
 * announced blobs that those rows settle. Whatever fails, nothing stays in storage without a row; local files that were
 * not put away are left to the caller.
 */
export async function keepFiles<Value>(
  keeper: FileKeeper,
  files: readonly CheckedFile[],
  insert: (assets: NewAsset[], announcedIds: string[]) => Promise<Value>,
): Promise<Value> {
  const announcedIds: string[] = [];
  async function put(key: string, path: string): Promise<void> {
    announcedIds.push(await keeper.assets.announceBlob(key, keeper.clock.now()));
    await keeper.storage.put(key, path);
  }

  try {
    const rows: NewAsset[] = [];
    for (const { path, posterPath: givenPosterPath, ...file } of files) {
      let previewKey: string | null = null;
      if (file.kind !== "audio") {
        previewKey = previewKeyFor(file.sha256);
        const [posterPath, previewPath] = [keeper.incoming.newPath(".jpg"), keeper.incoming.newPath(".webp")];
        try {
          if (file.kind === "video" && !givenPosterPath)
            await keeper.media.run("make-poster", { path, outputPath: posterPath });
          await keeper.media.run("make-preview", {
            path: file.kind === "video" ? (givenPosterPath ?? posterPath) : path,
            outputPath: previewPath,
            sidePxMax: PREVIEW_SIDE_PX_MAX,
          });
          await put(previewKey, previewPath);
        } finally {
          await Promise.all([posterPath, previewPath].map((made) => rm(made, { force: true })));
        }
      }
      const blobKey = blobKeyFor(file.sha256, file.mediaType);
      await put(blobKey, path);
      rows.push({ ...file, blobKey, previewKey, createdAt: keeper.clock.now() });
    }
    return await insert(rows, announcedIds);
  } catch (error) {
    // What cannot be taken away now, as when the storage itself is down, is left to the sweep.
    await keeper.assets.sweepBlobs({ announcedIds }, (key) => keeper.storage.remove(key)).catch(() => {});
    throw error;
  }
}
