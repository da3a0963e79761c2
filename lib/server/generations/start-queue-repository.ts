import { type ExpressionBuilder, sql } from "kysely";
import type { Database, DatabaseTransaction } from "../db/database";
import { holdLock } from "../db/dialect";
import type { Tables } from "../db/schema";
import type { Generation } from "./generation";
import { toGeneration } from "./generation-row";
import type { Lease } from "./lease-repository";

export type StartQueueRepository = ReturnType<typeof createStartQueueRepository>;

/** What the vendor limits together: one model, over every connection of one account. */
export type StartGroup = { modelId: string; connectionIds: readonly string[] };

/** What a row waits for: a model at the connection that the row names. */
export type Waited = { connection: { id: string; label: string }; modelId: string };

/**
 * How long a start of unknown fate is taken to hold a place at the vendor: few runs take longer, and if this one does,
 * the vendor lets the next one wait. Too long would stop a model after a few crashes.
 */
const UNCONFIRMED_HOLDS_MS = 5 * 60_000;
/** Whose turn it was counts for this long. */
const TURN_MEMORY_MS = 3_600_000;

export type WaitingOwner = { ownerId: string; waiting: number; busy: number; lastStartAt: number };

/** The rows that wait to be sent, and those that hold a place at the vendor. Instants are epoch ms. */
export function createStartQueueRepository(db: Database) {
  type At = Database | DatabaseTransaction;

  function busyIn(at: At, { modelId, connectionIds }: StartGroup, now: number) {
    return at
      .selectFrom("generations")
      .where("model_id", "=", modelId)
      .where("connection_id", "in", [...connectionIds])
      .where(sql<boolean>`state in ('submitting', 'running', 'unconfirmed')`)
      .where((where) =>
        where.or([
          where("state", "!=", "unconfirmed"),
          where("submitted_at", ">", now - UNCONFIRMED_HOLDS_MS),
        ]),
      );
  }

  function waitingIn({ modelId, connectionIds }: StartGroup) {
    return db
      .selectFrom("generations")
      .where("model_id", "=", modelId)
      .where("connection_id", "in", [...connectionIds])
      .where(sql<boolean>`state = 'queued'`);
  }

  const isFree =
    (now: number) =>
    ({ or, eb }: ExpressionBuilder<Tables, "generations">) =>
      or([eb("lease_until", "is", null), eb("lease_until", "<=", now)]);

  return {
    /** One start of a group at a time is judged, until the transaction ends. */
    lock: (transaction: DatabaseTransaction, key: string): Promise<void> => holdLock(transaction, key),

    /** Each connection and model that something waits for. */
    async listWaitingPairs(now: number): Promise<Waited[]> {
      const rows = await db
        .selectFrom("generations")
        .select(["connection_id", "connection_label", "model_id"])
        .distinct()
        .where(sql<boolean>`state = 'queued'`)
        .where("due_at", "<=", now)
        .where(isFree(now))
        .execute();
      return rows.map(toWaited);
    },

    /** Places taken at the vendor. */
    async countBusy(group: StartGroup, now: number, transaction: At = db): Promise<number> {
      const row = await busyIn(transaction, group, now)
        .select(({ fn }) => fn.countAll().as("count"))
        .executeTakeFirst();
      return Number(row?.count ?? 0);
    },

    /** Rows that somebody is making ready to send. */
    async countPreparing(group: StartGroup, now: number): Promise<number> {
      const row = await waitingIn(group)
        .where("lease_until", ">", now)
        .select(({ fn }) => fn.countAll().as("count"))
        .executeTakeFirst();
      return Number(row?.count ?? 0);
    },

    /**
     * Everybody who waits, with how much, how many places they hold or are about to take, and when they last got one.
     */
    async listWaitingOwners(group: StartGroup, now: number): Promise<WaitingOwner[]> {
      const waiting = await waitingIn(group)
        .where("due_at", "<=", now)
        .where(isFree(now))
        .groupBy("owner_id")
        .select(({ fn }) => ["owner_id", fn.countAll().as("count")])
        .execute();
      const busy = await busyIn(db, group, now)
        .groupBy("owner_id")
        .select(({ fn }) => ["owner_id", fn.countAll().as("count")])
        .execute();
      const preparing = await waitingIn(group)
        .where("lease_until", ">", now)
        .groupBy("owner_id")
        .select(({ fn }) => ["owner_id", fn.countAll().as("count")])
        .execute();
      const placesOf = (ownerId: string) =>
        [...busy, ...preparing]
          .filter((row) => row.owner_id === ownerId)
          .reduce((sum, row) => sum + Number(row.count), 0);
      const started = await db
        .selectFrom("generations")
        .where("model_id", "=", group.modelId)
        .where("connection_id", "in", [...group.connectionIds])
        .where("submitted_at", ">", now - TURN_MEMORY_MS)
        .groupBy("owner_id")
        .select(({ fn }) => ["owner_id", fn.max("submitted_at").as("last")])
        .execute();
      return waiting.map(({ owner_id, count }) => ({
        ownerId: owner_id,
        waiting: Number(count),
        busy: placesOf(owner_id),
        lastStartAt: Number(started.find((row) => row.owner_id === owner_id)?.last ?? 0),
      }));
    },

    /** Leases the owner's oldest row that waits; null where another worker was quicker. */
    async leaseOldest(
      group: StartGroup,
      ownerId: string,
      lease: Lease,
      now: number,
    ): Promise<Generation | null> {
      const oldest = await waitingIn(group)
        .where("owner_id", "=", ownerId)
        .where("due_at", "<=", now)
        .where(isFree(now))
        .orderBy("created_at")
        .orderBy("id")
        .limit(1)
        .select("id")
        .executeTakeFirst();
      if (!oldest) return null;
      const row = await db
        .updateTable("generations")
        .set({ lease_holder: lease.holder, lease_until: lease.until })
        .where("id", "=", oldest.id)
        .where(sql<boolean>`state = 'queued'`)
        .where(isFree(now))
        .returningAll()
        .executeTakeFirst();
      return row ? toGeneration(row) : null;
    },

    /** An owner's waiting rows, in the order in which they go. */
    async listWaiting(ownerId: string): Promise<(Waited & { id: string })[]> {
      const rows = await db
        .selectFrom("generations")
        .where("owner_id", "=", ownerId)
        .where(sql<boolean>`state = 'queued'`)
        .orderBy("created_at")
        .orderBy("id")
        .select(["id", "connection_id", "connection_label", "model_id"])
        .execute();
      return rows.map((row) => ({ id: row.id, ...toWaited(row) }));
    },
  };
}

function toWaited(row: { connection_id: string; connection_label: string; model_id: string }): Waited {
  return { connection: { id: row.connection_id, label: row.connection_label }, modelId: row.model_id };
}
