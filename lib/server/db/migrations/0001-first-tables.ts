import { type Kysely, sql } from "kysely";
import { wordsOf } from "../dialect";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("assets")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("sha256", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("media_type", "text", (column) => column.notNull())
    .addColumn("file_name", "text", (column) => column.notNull())
    .addColumn("size_bytes", "bigint", (column) => column.notNull())
    .addColumn("width", "integer")
    .addColumn("height", "integer")
    .addColumn("duration_ms", "integer")
    .addColumn("needs_flattening", "integer", (column) => column.notNull())
    .addColumn("blob_key", "text", (column) => column.notNull())
    .addColumn("preview_key", "text")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addUniqueConstraint("assets_owner_content", ["owner_id", "sha256"])
    .execute();
  await db.schema.createIndex("assets_blob_key").on("assets").column("blob_key").execute();
  await db.schema.createIndex("assets_preview_key").on("assets").column("preview_key").execute();

  await db.schema
    .createTable("pending_blobs")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("blob_key", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("pending_blobs_key").on("pending_blobs").column("blob_key").execute();

  await db.schema
    .createTable("generations")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("request_id", "text", (column) => column.notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("connection_id", "text", (column) => column.notNull())
    .addColumn("connection_label", "text", (column) => column.notNull())
    .addColumn("is_demo", "integer", (column) => column.notNull())
    .addColumn("model_id", "text", (column) => column.notNull())
    .addColumn("model_label", "text", (column) => column.notNull())
    .addColumn("mode", "text", (column) => column.notNull())
    .addColumn("media_json", "text", (column) => column.notNull())
    .addColumn("parameters_json", "text", (column) => column.notNull())
    .addColumn("predicted_width", "integer")
    .addColumn("predicted_height", "integer")
    .addColumn("price_amount_micro", "bigint")
    .addColumn("price_currency", "text")
    .addColumn("attempt", "integer", (column) => column.notNull())
    .addColumn("due_at", "bigint")
    .addColumn("deadline_at", "bigint")
    .addColumn("lease_holder", "text")
    .addColumn("lease_until", "bigint")
    .addColumn("remote_task_json", "text")
    .addColumn("remote_word", "text")
    .addColumn("submitted_at", "bigint")
    .addColumn("last_checked_at", "bigint")
    .addColumn("cancel_requested_at", "bigint")
    .addColumn("finished_at", "bigint")
    .addColumn("result_json", "text")
    .addColumn("usage_json", "text")
    .addColumn("actual_prompt", "text")
    .addColumn("failure_json", "text")
    .addColumn("video_asset_id", "text")
    .addColumn("poster_asset_id", "text")
    .addColumn("retry_of", "text")
    .addColumn("is_dismissed", "integer", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .addUniqueConstraint("generations_owner_request", ["owner_id", "request_id"])
    .execute();
  await db.schema
    .createIndex("generations_owner_created")
    .on("generations")
    .columns(["owner_id", "created_at", "id"])
    .execute();
  // Only rows that still want work carry a due time.
  await db.schema
    .createIndex("generations_due")
    .on("generations")
    .column("due_at")
    .where(sql.ref("due_at"), "is not", null)
    .execute();

  await db.schema
    .createTable("generation_events")
    .addColumn("id", ...wordsOf(db).autoIncrementId)
    .addColumn("generation_id", "text", (column) => column.notNull())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("type", "text", (column) => column.notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("generation_events_owner")
    .on("generation_events")
    .columns(["owner_id", "id"])
    .execute();
  await db.schema
    .createIndex("generation_events_generation")
    .on("generation_events")
    .columns(["generation_id", "id"])
    .execute();

  await db.schema
    .createTable("shares")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("token", "text", (column) => column.notNull().unique())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("generation_id", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addUniqueConstraint("shares_one_per_generation", ["owner_id", "generation_id"])
    .execute();
}
