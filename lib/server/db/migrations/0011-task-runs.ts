import type { Kysely } from "kysely";
import { wordsOf } from "../dialect";

/** How long tasks took, to know when to ask for the next ones. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("task_runs")
    .addColumn("id", ...wordsOf(db).autoIncrementId)
    .addColumn("generation_id", "text", (column) => column.notNull())
    .addColumn("connection_id", "text", (column) => column.notNull())
    .addColumn("model_id", "text", (column) => column.notNull())
    .addColumn("resolution", "text", (column) => column.notNull())
    .addColumn("duration_seconds", "integer", (column) => column.notNull())
    .addColumn("earliest_ms", "integer", (column) => column.notNull())
    .addColumn("latest_ms", "integer", (column) => column.notNull())
    .addColumn("queue_ms", "integer")
    .addColumn("ended_at", "bigint", (column) => column.notNull())
    .execute();
}
