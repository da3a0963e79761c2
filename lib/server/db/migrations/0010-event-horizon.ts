import type { Kysely } from "kysely";

/** Up to which event the history has been pruned: one row, or none while it is whole. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("event_horizons")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("pruned_id", "bigint", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("generation_events_at").on("generation_events").column("at").execute();
}
