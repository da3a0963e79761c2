import type { Kysely } from "kysely";
import type { Tables } from "../schema";

/** What the people who order clips are called, for the spend by person. */
export async function up(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable("people")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("seen_at", "bigint", (column) => column.notNull())
    .execute();
}
