import type { Kysely } from "kysely";

/** When a row was brought back from a backup while it was on its way: it may have been sent again since. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("generations").addColumn("restored_at", "bigint").execute();
}
