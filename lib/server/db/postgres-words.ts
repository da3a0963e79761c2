import { sql } from "kysely";
import type { SqlWords } from "./sql-words";

/** Sets our advisory locks apart from those of other programs, and of Kysely's migrations. */
const LOCK_SPACE = 0x66_66;

export const postgresWords: SqlWords = {
  autoIncrementId: ["bigint", (column) => column.primaryKey().generatedAlwaysAsIdentity()],
  isUniqueViolation: (error) => error instanceof Error && "code" in error && error.code === "23505",
  claimLock: sql`for update skip locked`,
  // Two names with one hash only wait for each other more than they have to.
  holdLock: (name) => sql`select pg_advisory_xact_lock(${sql.lit(LOCK_SPACE)}, hashtext(${name}))`,
};
