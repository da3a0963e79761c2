import type { Kysely } from "kysely";

/** The ways by which a vendor could not read a generation's inputs, and the task that it ended for it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("generations").addColumn("unread_ways_json", "text").execute();
  await db.schema.alterTable("generations").addColumn("former_task_id", "text").execute();
  await db.schema.createIndex("generations_former_task").on("generations").column("former_task_id").execute();
}
