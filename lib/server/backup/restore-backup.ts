import { chmod, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { lockDataFolder } from "@/lib/server/db/data-folder-lock";
import type { Database } from "@/lib/server/db/database";
import { copySqlite, openRestored } from "@/lib/server/db/sqlite-backup";
import { createGenerationBus } from "@/lib/server/generations/generation-bus";
import { createGenerationRepository } from "@/lib/server/generations/generation-repository";
import { BackupError } from "./backup-error";
import { type BackupManifest, DATABASE_FILE, readManifest, SECRETS_FILE } from "./backup-manifest";
import { copyDurably } from "./copy-file";
import { createRestoredRepository } from "./restored-repository";

export type Restored = { madeAt: string; fileCount: number; closedCount: number };

/**
 * Puts a backup into an empty data folder. What can go wrong: an order that waited when the backup was made has been
 * sent and paid since, and would be sent again; one that was at a vendor has been sent another way since, because its files
 * could not be read. So the first are closed, and their cards say why; the others are followed on, but never sent again. Throws a BackupError, with the folder as empty as before, where the backup is not
 * whole, or the folder is not empty or a studio runs on it.
 */
export async function restoreBackup(options: {
  dataDir: string;
  folder: string;
  now: number;
}): Promise<Restored> {
  const { dataDir, folder, now } = options;
  const manifest = await readManifest(folder);
  await refuseDamage(folder, manifest);
  await takeEmptyFolder(dataDir);
  const lock = lockDataFolder(dataDir);
  try {
    const closedCount = await fill();
    return { madeAt: manifest.madeAt, fileCount: manifest.files.length, closedCount };
  } catch (error) {
    for (const name of await readdir(dataDir)) {
      if (!name.startsWith("lock")) await rm(join(dataDir, name), { recursive: true, force: true });
    }
    throw error;
  } finally {
    lock.release();
    for (const name of await readdir(dataDir)) if (name.startsWith("lock")) await rm(join(dataDir, name));
  }

  async function fill(): Promise<number> {
    for (const { path } of manifest.files) await copyDurably(join(folder, path), join(dataDir, path));
    if (manifest.files.some(({ path }) => path === SECRETS_FILE))
      await chmod(join(dataDir, SECRETS_FILE), 0o600);
    // The database last, and whole: without it the folder is no studio's.
    const draft = join(dataDir, `${DATABASE_FILE}.restoring`);
    if ((await copyDurably(join(folder, DATABASE_FILE), draft)) === null)
      throw new BackupError(`${folder} has no database in it.`);
    let db: Database;
    try {
      db = await openRestored(draft);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new BackupError(`The backup in ${folder} cannot be used: ${why}.`, { cause });
    }
    let closedCount: number;
    try {
      const generations = createGenerationRepository(db, createGenerationBus());
      closedCount = await createRestoredRepository(db, generations).holdBack(now);
    } finally {
      await db.destroy();
    }
    // Part of the draft may stand in files beside it, which a new name would lose.
    const whole = `${draft}-whole`;
    await copySqlite(draft, whole);
    await rename(whole, join(dataDir, DATABASE_FILE));
    for (const name of await readdir(dataDir)) {
      if (name.startsWith(`${DATABASE_FILE}.restoring`)) await rm(join(dataDir, name));
    }
    return closedCount;
  }
}

/** Before anything is written: a backup that lost a file on its way says so now and not when somebody plays it. */
async function refuseDamage(folder: string, { files }: BackupManifest): Promise<void> {
  for (const { path, sizeBytes } of files) {
    const isInside = resolve(folder, path).startsWith(resolve(folder) + sep);
    const found = isInside ? await stat(join(folder, path)).catch(() => null) : null;
    if (found?.size !== sizeBytes) {
      const has = found ? `${found.size} of ${sizeBytes} bytes` : "nothing";
      throw new BackupError(`The backup in ${folder} is damaged: of ${path} it has ${has}.`);
    }
  }
}

async function takeEmptyFolder(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const names = await readdir(dataDir);
  if (names.includes("lock")) lockDataFolder(dataDir).release();
  if (names.length > 0) {
    throw new BackupError(
      `${dataDir} is not empty. A backup is restored into an empty DATA_DIR: move this one away.`,
    );
  }
  await chmod(dataDir, 0o700);
}
