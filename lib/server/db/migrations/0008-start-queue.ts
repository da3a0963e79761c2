import { type Kysely, sql } from "kysely";

/** Gates for what a vendor limits, and the waiting rows found without walking over each of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("rate_gates")
    .addColumn("key", "text", (column) => column.primaryKey())
    .addColumn("next_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema.dropIndex("generations_due").execute();
  await db.schema
    .createIndex("generations_due")
    .on("generations")
    .column("due_at")
    .where(sql`state`, "<>", sql.lit("queued"))
    .where(sql.ref("due_at"), "is not", null)
    .execute();
  await db.schema
    .createIndex("generations_queued")
    .on("generations")
    .columns(["model_id", "connection_id", "owner_id", "created_at", "id"])
    .where(sql`state`, "=", sql.lit("queued"))
    .execute();
  await db.schema
    .createIndex("generations_busy")
    .on("generations")
    .columns(["model_id", "connection_id"])
    .where(sql`state`, "in", sql`('submitting', 'running', 'unconfirmed')`)
    .execute();
}
