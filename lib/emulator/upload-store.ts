import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder, writeDurably } from "./write-durably";

/** A file somebody uploaded under a policy, and whom it is for. */
type Upload = { key: string; accountId: string; model: string; uploadedAt: number };

/** Uploaded files on disk, each named by the hash of its key, so that no key can name a place of ours. */
export type UploadStore = {
  find(key: string): Promise<{ upload: Upload; path: string } | null>;
  /** Streams a file in. Throws what `chunks` throws, and then keeps nothing. False when the key is taken. */
  put(upload: Upload, chunks: AsyncIterable<Uint8Array>): Promise<boolean>;
  /** Forgets what was uploaded before this instant. */
  removeOlder(uploadedBefore: number): Promise<void>;
};

export async function openUploadStore(dataDir: string): Promise<UploadStore> {
  const root = join(dataDir, "uploads");
  await mkdir(root, { recursive: true, mode: 0o700 });
  for (const name of await readdir(root)) {
    if (name.endsWith(".tmp")) await rm(join(root, name), { force: true });
  }
  const pathOf = (key: string) => join(root, createHash("sha256").update(key).digest("hex"));
  const recordOf = (path: string) => `${path}.json`;

  return {
    async find(key) {
      const path = pathOf(key);
      const record = await readFile(recordOf(path), "utf8").catch(() => null);
      return record === null ? null : { upload: JSON.parse(record) as Upload, path };
    },

    async put(upload, chunks) {
      const path = pathOf(upload.key);
      if (await exists(recordOf(path))) return false;
      const temporaryPath = `${path}.${process.hrtime.bigint()}.tmp`;
      try {
        const file = await open(temporaryPath, "wx", 0o600);
        try {
          for await (const chunk of chunks) await file.write(chunk);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporaryPath, path);
      } catch (error) {
        await rm(temporaryPath, { force: true });
        throw error;
      }
      await syncFolder(root);
      // The record comes last: a file without one was never acknowledged.
      await writeDurably(recordOf(path), JSON.stringify(upload));
      return true;
    },

    async removeOlder(uploadedBefore) {
      for (const name of await readdir(root)) {
        if (!name.endsWith(".json")) continue;
        const text = await readFile(join(root, name), "utf8").catch(() => null);
        if (text === null || (JSON.parse(text) as Upload).uploadedAt >= uploadedBefore) continue;
        await rm(join(root, name), { force: true });
        await rm(join(root, name.slice(0, -".json".length)), { force: true });
      }
    },
  };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
