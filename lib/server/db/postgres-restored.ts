import { sql } from "kysely";
import pg from "pg";
import type { Database } from "./database";
import { postgresConfig } from "./postgres-config";
import { EVENT_ID_LEAP, VERSION_LEAP } from "./restored-leaps";

/** Whether a studio has its tables in this database. Throws what the driver throws where nobody answers. */
export async function hasTables(url: string): Promise<boolean> {
  const client = new pg.Client(postgresConfig(url));
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string | null }>("select to_regclass('generations') as name");
    return rows[0]?.name != null;
  } finally {
    await client.end().catch(() => {});
  }
}

/** As `openRestored` does it for a file: ids and versions beyond all that pages may have seen since the dump was made. */
export async function leapAhead(db: Database): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const sequence = sql`pg_get_serial_sequence('generation_events', 'id')`;
    const { rows } = await sql<{ id: number }>`
      select setval(${sequence}, nextval(${sequence}) + ${sql.lit(EVENT_ID_LEAP)}) as id`.execute(
      transaction,
    );
    const pruned_id = Number(rows[0]?.id);
    await transaction.deleteFrom("generation_events").execute();
    await transaction.deleteFrom("event_horizons").where("name", "=", "events").execute();
    await transaction.insertInto("event_horizons").values({ name: "events", pruned_id }).execute();
    await transaction
      .updateTable("generations")
      .set(({ eb }) => ({ version: eb("version", "+", VERSION_LEAP), lease_holder: null, lease_until: null }))
      .execute();
    await transaction.deleteFrom("beats").execute();
  });
}
