import { sql } from "kysely";
import type { Database } from "../db/database";

export type CountRepository = ReturnType<typeof createCountRepository>;

/** Counts over everybody's generations, of all processes together. */
export function createCountRepository(db: Database) {
  return {
    /** How many rows wait to be sent, and since when the oldest does (epoch ms; null where none waits). */
    async queue(): Promise<{ depth: number; oldestAt: number | null }> {
      const row = await db
        .selectFrom("generations")
        .where(sql<boolean>`state = 'queued'`)
        .select(({ fn }) => [fn.countAll().as("depth"), fn.min("created_at").as("oldest")])
        .executeTakeFirstOrThrow();
      const depth = Number(row.depth);
      return { depth, oldestAt: depth === 0 ? null : Number(row.oldest) };
    },

    async byState(): Promise<Map<string, number>> {
      const rows = await db
        .selectFrom("generations")
        .select(({ fn }) => ["state", fn.countAll().as("count")])
        .groupBy("state")
        .execute();
      return new Map(rows.map((row) => [row.state, Number(row.count)]));
    },
  };
}
