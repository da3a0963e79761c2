import {
  type ColumnBuilderCallback,
  type ColumnDataType,
  type Dialect,
  type Kysely,
  PostgresAdapter,
  SqliteDialect,
  sql,
  type Transaction,
} from "kysely";
import Libsql from "libsql";

/**
 * The embedded database: one SQLite file whose every commit is on disk before it is answered. Opening another
 * process's file is refused elsewhere, by the lock on the data folder.
 */
export function openSqlite(file: string): Dialect {
  return new SqliteDialect({
    database: async () => {
      const database = new Libsql(file);
      database.exec("pragma journal_mode = wal");
      database.exec("pragma synchronous = full");
      database.exec("pragma foreign_keys = on");
      database.exec("pragma busy_timeout = 5000");
      return database;
    },
  });
}

/** A number that only grows, even after rows are deleted. */
export function autoIncrementId(_db: Kysely<unknown>): [ColumnDataType, ColumnBuilderCallback] {
  return ["integer", (column) => column.primaryKey().autoIncrement()];
}

/** Whether the write was refused because a row with such a unique value is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_CONSTRAINT");
}

/** Lets one transaction at a time past this line, by name, until it ends. SQLite has one writer anyway. */
export async function holdLock<Tables>(transaction: Transaction<Tables>, name: string): Promise<void> {
  if (!(transaction.getExecutor().adapter instanceof PostgresAdapter)) return;
  await sql`select pg_advisory_xact_lock(hashtext(${name}))`.execute(transaction);
}
