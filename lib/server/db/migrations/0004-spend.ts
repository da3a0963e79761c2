import { type Kysely, sql } from "kysely";
import type { Tables } from "../schema";

/** What each generation costs and counts for, and the day it counts for. */
export async function up(db: Kysely<Tables>): Promise<void> {
  const amounts = ["cost_amount_micro", "spend_amount_micro"];
  for (const name of amounts) await db.schema.alterTable("generations").addColumn(name, "bigint").execute();
  for (const name of ["cost_currency", "spend_kind", "spend_currency"])
    await db.schema.alterTable("generations").addColumn(name, "text").execute();
  await db.schema
    .alterTable("generations")
    .addColumn("spend_day", "text", (column) => column.notNull().defaultTo(""))
    .execute();
  await db.schema
    .createIndex("generations_spend")
    .on("generations")
    .columns(["spend_day", "spend_currency", "owner_id"])
    .execute();

  // Older rows count as estimated, on their day in UTC: their bills were not read.
  for (const { id, created_at } of await db
    .selectFrom("generations")
    .select(["id", "created_at"])
    .execute()) {
    const day = new Date(Number(created_at)).toISOString().slice(0, 10);
    await db.updateTable("generations").set({ spend_day: day }).where("id", "=", id).execute();
  }
  const kinds = {
    settled: ["saving", "succeeded"],
    reserved: ["queued", "submitting", "unconfirmed", "running"],
  };
  for (const [kind, states] of Object.entries(kinds)) {
    await db
      .updateTable("generations")
      .set({
        spend_kind: kind,
        spend_amount_micro: sql.ref("price_amount_micro"),
        spend_currency: sql.ref("price_currency"),
      })
      .where("is_demo", "=", 0)
      .where("state", "in", states)
      .execute();
  }
}
