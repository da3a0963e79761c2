import { sql } from "kysely";
import type { GenerationState } from "@/lib/domain/generation";
import type { Database } from "../db/database";
import { wordsOf } from "../db/dialect";
import type { Generation } from "./generation";
import { toGeneration } from "./generation-row";

/** After a day asleep everything is due at once, and some of it is lost if it is not fetched now. */
const URGENT_MS = 2 * 60 * 60_000;
/** A row whose film is on another's disk is left to that one for so long after it is due. */
const HEAD_START_MS = 30_000;

/** A row that a worker holds until `leaseUntil`. */
export type Lease = { holder: string; until: number };

/** Who works on which row, and until when. */
export function createLeases(db: Database) {
  return {
    /**
     * Takes a lease on a due row that nobody holds, of any state but those in `passedOver`: what the vendor forgets
     * within two hours first, the nearest to its end before the others; else what has been due longest. Waiting rows
     * have a queue of their own. One statement, so two workers never take the same row, and one that passes over rows
     * which another is just taking. Who has a row's film in its own spool, `spoolId`, comes first. Null when nothing is due.
     */
    async leaseDue(
      lease: Lease,
      now: number,
      passedOver: readonly GenerationState[] = [],
      spoolId: string | null = null,
    ): Promise<Generation | null> {
      const dueBy = (order: "deadline_at" | "due_at") =>
        db
          .selectFrom("generations")
          .select("id")
          .where("due_at", "<=", now)
          .where("state", "!=", sql.lit("queued"))
          .$if(passedOver.length > 0, (query) => query.where("state", "not in", passedOver))
          .where((where) => where.or([where("lease_until", "is", null), where("lease_until", "<=", now)]))
          .where((where) =>
            where.or([
              where("spool_id", "is", null),
              where("spool_id", "=", spoolId),
              where("due_at", "<=", now - HEAD_START_MS),
            ]),
          )
          .orderBy(order)
          .orderBy("id")
          .limit(1)
          .modifyEnd(wordsOf(db).claimLock);
      const row = await db
        .updateTable("generations")
        .set({ lease_holder: lease.holder, lease_until: lease.until })
        .where("id", "=", ({ fn }) =>
          fn.coalesce(dueBy("deadline_at").where("deadline_at", "<=", now + URGENT_MS), dueBy("due_at")),
        )
        .returningAll()
        .executeTakeFirst();
      return row ? toGeneration(row) : null;
    },

    /** Writes down which data folder has the whole film. No event: nothing that its owner sees has changed. */
    async noteSpool(id: string, spoolId: string): Promise<void> {
      await db.updateTable("generations").set({ spool_id: spoolId }).where("id", "=", id).execute();
    },

    /** Keeps a held row a while longer; false where another worker has taken it over. */
    async renewLease(id: string, lease: Lease): Promise<boolean> {
      const renewed = await db
        .updateTable("generations")
        .set({ lease_until: lease.until })
        .where("id", "=", id)
        .where("lease_holder", "=", lease.holder)
        .executeTakeFirst();
      return renewed.numUpdatedRows === 1n;
    },

    async releaseLease(id: string, holder: string): Promise<void> {
      await db
        .updateTable("generations")
        .set({ lease_holder: null, lease_until: null })
        .where("id", "=", id)
        .where("lease_holder", "=", holder)
        .execute();
    },
  };
}
