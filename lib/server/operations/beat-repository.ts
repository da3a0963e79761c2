import type { Database } from "../db/database";

/** Six missed beats. */
const LATE_AFTER_MS = 30_000;

/** Whether a worker that beat then, epoch ms, still counts as one that works. */
export function isBeating(beatAt: number, now: number): boolean {
  return now - beatAt <= LATE_AFTER_MS;
}

export type BeatRepository = ReturnType<typeof createBeatRepository>;

/** Signs of life, one row a process. Instants are epoch ms. */
export function createBeatRepository(db: Database) {
  return {
    /** Says that the process is alive; that this could be written is part of what it says. */
    async beat(id: string, isWorker: boolean, at: number): Promise<void> {
      await db
        .insertInto("beats")
        .values({ id, is_worker: isWorker ? 1 : 0, beat_at: at })
        .onConflict((conflict) => conflict.column("id").doUpdateSet({ beat_at: at }))
        .execute();
    },

    /** The process ended as it should: nobody waits for its next beat. */
    async leave(id: string): Promise<void> {
      await db.deleteFrom("beats").where("id", "=", id).execute();
    },

    /** Forgets processes that were last heard before then. */
    async forget(before: number): Promise<void> {
      await db.deleteFrom("beats").where("beat_at", "<", before).execute();
    },

    /** When the workers were last heard. */
    async listWorkerBeats(): Promise<number[]> {
      const rows = await db.selectFrom("beats").select("beat_at").where("is_worker", "=", 1).execute();
      return rows.map((row) => Number(row.beat_at));
    },
  };
}
