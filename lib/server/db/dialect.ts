import { type Kysely, PostgresAdapter, type Transaction } from "kysely";
import { postgresWords } from "./postgres-words";
import type { SqlWords } from "./sql-words";
import { sqliteWords } from "./sqlite-dialect";

/** The words of the database behind this connection or transaction, whatever its tables. */
export function wordsOf<Schema>(db: Kysely<Schema>): SqlWords {
  return db.getExecutor().adapter instanceof PostgresAdapter ? postgresWords : sqliteWords;
}

/** Whether the write was refused because a row with such a unique value is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return sqliteWords.isUniqueViolation(error) || postgresWords.isUniqueViolation(error);
}

/**
 * Lets one transaction at a time past this line, by name, until it ends. SQLite has one writer anyway. Call it first in
 * a transaction: whoever holds rows and waits here can wait for somebody who waits for those rows.
 */
export async function holdLock<Schema>(transaction: Transaction<Schema>, name: string): Promise<void> {
  await wordsOf(transaction).holdLock?.(name).execute(transaction);
}
