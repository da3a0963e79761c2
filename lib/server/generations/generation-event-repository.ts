import type { Database, DatabaseTransaction } from "../db/database";
import { holdLock } from "../db/dialect";
import type { Generation } from "./generation";

/** What streams read: which generation changed, in the order of the commits, and up to where that has been pruned. */
export function createEventReader(db: Database) {
  return {
    lastEventId: (ownerId: string): Promise<number> => lastEventId(db, ownerId),

    /** Up to this id events have been pruned: a page that knows less has to see everything anew. */
    prunedEventId: (): Promise<number> => prunedEventId(db),

    /** Forgets events from before an instant (epoch ms). The rows stay; answers with how many events went. */
    async pruneEvents(olderThan: number): Promise<number> {
      return db.transaction().execute(async (transaction) => {
        const old = await transaction
          .selectFrom("generation_events")
          .select(({ fn }) => fn.max("id").as("id"))
          .where("at", "<", olderThan)
          .executeTakeFirst();
        const lastId = Number(old?.id ?? 0);
        if (lastId === 0) return 0;
        // First the horizon: no reader may find events gone and not know of it.
        await transaction
          .insertInto("event_horizons")
          .values({ name: "events", pruned_id: lastId })
          .onConflict((conflict) => conflict.column("name").doUpdateSet({ pruned_id: lastId }))
          .execute();
        const gone = await transaction
          .deleteFrom("generation_events")
          .where("id", "<=", lastId)
          .executeTakeFirst();
        return Number(gone.numDeletedRows);
      });
    },

    /** The owner's events after an id, oldest first. */
    async listEvents(
      ownerId: string,
      after: number,
      limit: number,
    ): Promise<{ id: number; generationId: string }[]> {
      const rows = await db
        .selectFrom("generation_events")
        .select(["id", "generation_id"])
        .where("owner_id", "=", ownerId)
        .where("id", ">", after)
        .orderBy("id")
        .limit(limit)
        .execute();
      return rows.map((row) => ({ id: row.id, generationId: row.generation_id }));
    },
  };
}

export async function lastEventId(db: Database, ownerId: string): Promise<number> {
  const row = await db
    .selectFrom("generation_events")
    .select(({ fn }) => fn.max("id").as("id"))
    .where("owner_id", "=", ownerId)
    .executeTakeFirst();
  return Math.max(Number(row?.id ?? 0), await prunedEventId(db));
}

async function prunedEventId(db: Database): Promise<number> {
  const row = await db
    .selectFrom("event_horizons")
    .select("pruned_id")
    .where("name", "=", "events")
    .executeTakeFirst();
  return Number(row?.pruned_id ?? 0);
}

/**
 * Makes an owner's event ids the order of their commits, so that a stream which has passed an id has missed none below
 * it. On Postgres an id is drawn before its commit, and a later one may be committed first; so who writes events of one
 * owner waits for whoever does so already. Call it first in the transaction.
 *
 * Readers cannot do this by themselves: an id is not the order of transaction ids either, so cutting at
 * `pg_snapshot_xmin` would still pass a lower id of a younger transaction; and any long transaction of another
 * database on the same server would stop every stream.
 */
export function holdEventOrder(transaction: DatabaseTransaction, ownerId: string): Promise<void> {
  return holdLock(transaction, `events ${ownerId}`);
}

export async function appendEvent(
  transaction: DatabaseTransaction,
  generation: Generation,
  type: string,
  at: number,
) {
  await transaction
    .insertInto("generation_events")
    .values({
      generation_id: generation.id,
      owner_id: generation.ownerId,
      type,
      version: generation.version,
      at,
    })
    .execute();
}
