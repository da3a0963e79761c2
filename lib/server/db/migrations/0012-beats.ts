import type { Kysely } from "kysely";

/** When each process last showed that it is alive and can write. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("beats")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("is_worker", "integer", (column) => column.notNull())
    .addColumn("beat_at", "bigint", (column) => column.notNull())
    .execute();
}
