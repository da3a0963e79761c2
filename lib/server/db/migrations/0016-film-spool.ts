import type { Kysely } from "kysely";

/** Which data folder has a finished film that is not stored yet. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("generations").addColumn("spool_id", "text").execute();
}
