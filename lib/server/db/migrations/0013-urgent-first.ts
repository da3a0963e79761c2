import { type Kysely, sql } from "kysely";

/** Rows under way by when the vendor forgets them, so that the most pressing is found without a look at each. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex("generations_urgent")
    .on("generations")
    .column("deadline_at")
    .where(sql`state`, "<>", sql.lit("queued"))
    .where(sql.ref("due_at"), "is not", null)
    .execute();
}
