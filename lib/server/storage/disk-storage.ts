import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { checkKey, type Storage } from "./storage";

/** Files below one folder. The folder that local files come from must be on the same disk, so that a put is a rename. */
export function createDiskStorage(folder: string): Storage {
  const root = resolve(folder);

  function pathOf(key: string): string {
    checkKey(key);
    return join(root, key);
  }

  return {
    async put(key, localPath) {
      const path = pathOf(key);
      await mkdir(dirname(path), { recursive: true });
      await flush(localPath);
      await rename(localPath, path);
      await flush(dirname(path));
    },

    async open(key, range) {
      const path = pathOf(key);
      if (!(await statOrNull(path))) return null;
      return createReadStream(path, range);
    },

    async stat(key) {
      const found = await statOrNull(pathOf(key));
      return found ? { sizeBytes: found.size } : null;
    },

    async remove(key) {
      await rm(pathOf(key), { force: true });
    },

    async probe() {
      const path = join(root, `probe-${process.pid}`);
      await mkdir(root, { recursive: true });
      // A full disk still takes names, but no bytes.
      await writeFile(path, "probe");
      await rm(path);
    },

    async withLocalFile(key, use) {
      const path = pathOf(key);
      if (!(await statOrNull(path))) throw new Error(`Nothing is stored under ${key}`);
      return use(path);
    },
  };
}

async function statOrNull(path: string) {
  try {
    const found = await stat(path);
    return found.isFile() ? found : null;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return null;
    throw error;
  }
}

// A row may point at this file as soon as put returns: the bytes and the name must survive a power cut.
async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
