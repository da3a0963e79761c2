import { stat } from "node:fs/promises";
import { join } from "node:path";
import { EnvError } from "../env-error";
import { createLog } from "../log";
import { lockDataFolder } from "./data-folder-lock";
import { type Database, openDatabase } from "./database";
import { openPostgres } from "./postgres-dialect";
import { openSqlite } from "./sqlite-dialect";

/** Opens the database that is there for a command, without a studio around it; nobody else may have the data folder. */
export async function openAlone(place: {
  databaseUrl: string | null;
  file: { dataDir: string; name: string };
}): Promise<{ db: Database; close(): Promise<void> }> {
  const { dialect, migrationDialect, close } = place.databaseUrl
    ? openPostgres(place.databaseUrl, createLog("silent"))
    : await openLocked(place.file);
  try {
    const db = await openDatabase(dialect, migrationDialect);
    return {
      db,
      async close() {
        await db.destroy();
        close();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

async function openLocked({ dataDir, name }: { dataDir: string; name: string }) {
  const file = join(dataDir, name);
  // Opening would make a new one.
  if (!(await stat(file).catch(() => null))) throw new EnvError(`There is no database in ${dataDir}.`);
  const lock = lockDataFolder(dataDir);
  return { dialect: openSqlite(file), migrationDialect: undefined, close: () => lock.release() };
}
