import { stat } from "node:fs/promises";
import { join } from "node:path";
import { EnvError } from "../env-error";
import { createLog } from "../log";
import { lockDataFolder } from "./data-folder-lock";
import { type Database, openDatabase } from "./database";
import { openPostgres } from "./postgres-dialect";
import { hasTables } from "./postgres-restored";
import { openRestored } from "./sqlite-backup";

type OpenedAlone = { db: Database; close(): Promise<void> };

/**
 * Opens a file that another tool has put back, with ids and versions moved ahead, without a studio around it; nobody else
 * may have the data folder.
 */
export async function openRestoredFile({
  dataDir,
  name,
}: {
  dataDir: string;
  name: string;
}): Promise<OpenedAlone> {
  const file = join(dataDir, name);
  // Opening would make a new one.
  if (!(await stat(file).catch(() => null))) throw new EnvError(`There is no database in ${dataDir}.`);
  const lock = lockDataFolder(dataDir);
  try {
    const db = await openRestored(file);
    return {
      db,
      async close() {
        await db.destroy();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Opens a PostgreSQL for a command. An empty one is left empty: the tables that we make would be in the dump's way. */
export async function openPostgresAlone(url: string): Promise<OpenedAlone> {
  const isFilled = await hasTables(url).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EnvError(`DATABASE_URL: the database does not answer, or refuses this: ${why}.`, { cause });
  });
  if (!isFilled) throw new EnvError("There is no studio in this database. Restore the dump into it first.");
  const { dialect, migrationDialect, close } = openPostgres(url, createLog("silent"));
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
