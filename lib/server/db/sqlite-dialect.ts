import { type Dialect, sql } from "kysely";
import Libsql from "libsql";
import { PatientSqliteDialect } from "./patient-sqlite";
import type { SqlWords } from "./sql-words";

/**
 * The embedded database: one SQLite file whose every commit is on disk before it is answered. Opening another
 * process's file is refused elsewhere, by the lock on the data folder.
 */
export function openSqlite(file: string, patienceMs = 5000): Dialect {
  const database = new Libsql(file);
  database.exec("pragma busy_timeout = 5000");
  database.exec("pragma journal_mode = wal");
  database.exec("pragma synchronous = full");
  database.exec("pragma foreign_keys = on");
  // From here on the dialect waits, and without holding up everything else.
  database.exec("pragma busy_timeout = 0");
  return new PatientSqliteDialect(database, patienceMs);
}

export const sqliteWords: SqlWords = {
  autoIncrementId: ["integer", (column) => column.primaryKey().autoIncrement()],
  isUniqueViolation: (error) =>
    error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_CONSTRAINT"),
  claimLock: sql``,
  holdLock: null,
};
