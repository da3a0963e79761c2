import type { ColumnBuilderCallback, ColumnDataType, RawBuilder } from "kysely";

/** The few things that SQLite and Postgres say differently. All other SQL is one. */
export type SqlWords = {
  /** A number that only grows, even after rows are deleted. */
  autoIncrementId: [ColumnDataType, ColumnBuilderCallback];
  /** Whether the write was refused because a row with such a unique value is there already. */
  isUniqueViolation(error: unknown): boolean;
  /** Ends the `select` of a claim: rows that another claim holds are passed over. */
  claimLock: RawBuilder<unknown>;
  /** A statement that lets one transaction of a name past it at a time, until it ends. Null where
   * there is one writer at a time anyway. */
  holdLock: ((name: string) => RawBuilder<unknown>) | null;
};
