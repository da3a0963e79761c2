import { sql } from "kysely";
import type { Database, DatabaseTransaction } from "../db/database";

export type RateGates = ReturnType<typeof createRateGates>;

/**
 * How often something may be done by all our processes together: one row a gate, with the instant of its next free
 * turn. Each turn moves that instant on by the interval in one statement, so two processes never get the same one.
 */
export function createRateGates(db: Database) {
  async function open(key: string, at: Database | DatabaseTransaction): Promise<void> {
    await at
      .insertInto("rate_gates")
      .values({ key, next_at: 0 })
      .onConflict((conflict) => conflict.column("key").doNothing())
      .execute();
  }

  return {
    /** Takes the turn of now; false where it is not free yet. Instants are epoch ms. */
    async take(
      key: string,
      intervalMs: number,
      now: number,
      transaction: DatabaseTransaction,
    ): Promise<boolean> {
      await open(key, transaction);
      const taken = await transaction
        .updateTable("rate_gates")
        .set({ next_at: Math.ceil(now + intervalMs) })
        .where("key", "=", key)
        .where("next_at", "<=", now)
        .executeTakeFirst();
      return taken.numUpdatedRows === 1n;
    },

    /** Takes the next free turn, whenever that is; answers how long to wait for it, ms. */
    async reserve(key: string, intervalMs: number, now: number): Promise<number> {
      await open(key, db);
      const later = sql<number>`case when next_at < ${now} then ${now} else next_at end + ${Math.ceil(intervalMs)}`;
      const row = await db
        .updateTable("rate_gates")
        .set({ next_at: later })
        .where("key", "=", key)
        .returning("next_at")
        .executeTakeFirstOrThrow();
      return Math.max(0, Number(row.next_at) - Math.ceil(intervalMs) - now);
    },

    /** Nobody gets a turn before then. A gate never opens earlier than it was to. */
    async hold(key: string, until: number): Promise<void> {
      await open(key, db);
      await db
        .updateTable("rate_gates")
        .set({ next_at: until })
        .where("key", "=", key)
        .where("next_at", "<", until)
        .execute();
    },

    /** How long until a turn could be taken, ms. */
    async waitMs(key: string, now: number): Promise<number> {
      const row = await db
        .selectFrom("rate_gates")
        .select("next_at")
        .where("key", "=", key)
        .executeTakeFirst();
      return Math.max(0, Number(row?.next_at ?? 0) - now);
    },
  };
}
