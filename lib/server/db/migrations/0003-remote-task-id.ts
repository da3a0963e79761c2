import type { Kysely } from "kysely";
import type { Tables } from "../schema";

/** The vendor's id of a task on its own, so that a task in the vendor's list can be told from those we know. */
export async function up(db: Kysely<Tables>): Promise<void> {
  await db.schema.alterTable("generations").addColumn("remote_task_id", "text").execute();
  await db.schema.createIndex("generations_remote_task").on("generations").column("remote_task_id").execute();
  await db.schema
    .createIndex("generations_submitted")
    .on("generations")
    .columns(["model_id", "submitted_at"])
    .execute();
  const rows = await db
    .selectFrom("generations")
    .select(["id", "remote_task_json"])
    .where("remote_task_json", "is not", null)
    .execute();
  for (const row of rows) {
    const { taskId } = JSON.parse(row.remote_task_json ?? "{}");
    await db.updateTable("generations").set({ remote_task_id: taskId }).where("id", "=", row.id).execute();
  }
}
