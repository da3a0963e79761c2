import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { copySqlite, findStoredClip, readNamedFiles } from "@/lib/server/db/sqlite-backup";
import { BackupError } from "./backup-error";
import {
  type BackupManifest,
  DATABASE_FILE,
  FETCHED_FOLDER,
  MANIFEST_FILE,
  SECRETS_FILE,
} from "./backup-manifest";
import { copyDurably, linkOrCopy } from "./copy-file";

export type MadeBackup = { fileCount: number; sizeBytes: number; hasSecrets: boolean };

/**
 * Copies a data folder that a studio may be working on into a new folder. What can go wrong: files come and go while
 * they are copied, so the copy would name a clip that it does not have. So the database comes first, as it is at one
 * moment, and then what its rows name: such files are never changed, and only ever added. Throws a BackupError
 * where one of them is not to be had, and leaves nothing behind.
 */
export async function makeBackup(options: BackupOptions): Promise<MadeBackup> {
  const { dataDir, folder } = options;
  if (!(await stat(join(dataDir, DATABASE_FILE)).catch(() => null))) {
    throw new BackupError(
      `There is nothing to back up in ${dataDir}: it has no ${DATABASE_FILE}. Is DATA_DIR set as it is for the studio?`,
    );
  }
  const made = await makeEmptyFolder(dataDir, folder);
  try {
    return await fillBackup(options);
  } catch (error) {
    const left = made === null ? (await namesIn(folder)).map((name) => join(folder, name)) : [made];
    for (const path of left) await rm(path, { recursive: true, force: true });
    throw error;
  }
}

type BackupOptions = { dataDir: string; folder: string; now: number };

async function fillBackup({ dataDir, folder, now }: BackupOptions): Promise<MadeBackup> {
  const files: BackupManifest["files"] = [];
  const keep = (path: string, sizeBytes: number | null) => {
    if (sizeBytes !== null) files.push({ path, sizeBytes });
    return sizeBytes !== null;
  };

  const live = join(dataDir, DATABASE_FILE);
  const copy = join(folder, DATABASE_FILE);
  // Before the database, too: one that is stored while the database is copied is no longer here afterwards.
  await keepFetched();
  await copySqlite(live, copy).catch((cause: unknown) => {
    throw new BackupError(
      `The database in ${dataDir} could not be copied to ${folder}. It is damaged or may not be read, or the disk is full (${words(cause)}).`,
      { cause },
    );
  });
  const { needed, remade, saving } = readNamedFiles(copy);
  await keepFetched();
  for (const id of saving) await keepClipOf(id);

  const missing: string[] = [];
  for (const { key, sizeBytes } of needed) {
    const path = join("storage", key);
    const copied = await linkOrCopy(join(dataDir, path), join(folder, path));
    if (!keep(path, copied) || (sizeBytes !== null && copied !== sizeBytes)) missing.push(key);
  }
  for (const { key } of remade) {
    const path = join("storage", key);
    keep(path, await linkOrCopy(join(dataDir, path), join(folder, path)));
  }
  await keepDemo();
  const hasSecrets = keep(
    SECRETS_FILE,
    await copyDurably(join(dataDir, SECRETS_FILE), join(folder, SECRETS_FILE)),
  );
  if (missing.length > 0) {
    throw new BackupError(
      `The backup is not whole. The database names files that are not in the storage, or are cut off there: ${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ` and ${missing.length - 5} more` : ""}.`,
    );
  }
  await writeManifest(folder, { format: 1, madeAt: new Date(now).toISOString(), files });
  return {
    fileCount: files.length,
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    hasSecrets,
  };

  /** Finished clips that were fetched and not stored yet; the vendor may have forgotten them when they are restored. */
  async function keepFetched(): Promise<void> {
    for (const name of await namesIn(join(dataDir, FETCHED_FOLDER))) {
      const path = join(FETCHED_FOLDER, name);
      if (name.endsWith(".mp4") && !files.some((file) => file.path === path))
        keep(path, await linkOrCopy(join(dataDir, path), join(folder, path)));
    }
  }

  /** One that was stored in between, under a name that the copy does not know. */
  async function keepClipOf(generationId: string): Promise<void> {
    const path = join(FETCHED_FOLDER, `${generationId}.mp4`);
    if (files.some((file) => file.path === path)) return;
    const key = findStoredClip(live, generationId);
    if (key) keep(path, await linkOrCopy(join(dataDir, "storage", key), join(folder, path)));
  }

  /** The tasks of demo mode, as far as they hold still. */
  async function keepDemo(): Promise<void> {
    const root = join(dataDir, "emulator");
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])) {
      if (!entry.isFile()) continue;
      const path = relative(dataDir, join(entry.parentPath, entry.name));
      keep(path, await copyDurably(join(dataDir, path), join(folder, path)));
    }
  }
}

/** Answers with the outermost folder that had to be made for it; null where it was there. */
async function makeEmptyFolder(dataDir: string, folder: string): Promise<string | null> {
  if (`${folder}${sep}`.startsWith(`${dataDir}${sep}`)) {
    throw new BackupError(`${folder} is inside the data folder, and would be lost with it.`);
  }
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) {
    throw new BackupError(`${folder} is not empty. Each backup takes a folder of its own.`);
  }
  return made ?? null;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function writeManifest(folder: string, manifest: BackupManifest): Promise<void> {
  const draft = join(folder, `${MANIFEST_FILE}.tmp`);
  await writeFile(draft, `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600, flush: true });
  await rename(draft, join(folder, MANIFEST_FILE));
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
