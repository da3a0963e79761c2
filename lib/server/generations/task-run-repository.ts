import type { ObservedRun, RunKind } from "@/lib/domain/looking/observed-run";
import type { ResolutionTier } from "@/lib/domain/models/model";
import type { Database, DatabaseTransaction } from "../db/database";

export type TaskRunRepository = ReturnType<typeof createTaskRunRepository>;

export type RecordedRun = { id: number; kind: RunKind; run: ObservedRun };

/** How long tasks took, of all owners together: it tells when to ask a vendor, and nothing of anybody. */
export function createTaskRunRepository(db: Database) {
  const rows = () =>
    db
      .selectFrom("task_runs")
      .select(["id", "connection_id", "model_id", "resolution", "duration_seconds"])
      .select(["earliest_ms", "latest_ms", "queue_ms"]);

  return {
    async add(
      transaction: DatabaseTransaction,
      { generationId, kind, run, at }: { generationId: string; kind: RunKind; run: ObservedRun; at: number },
    ): Promise<void> {
      await transaction
        .insertInto("task_runs")
        .values({
          generation_id: generationId,
          connection_id: kind.connectionId,
          model_id: kind.modelId,
          resolution: kind.resolution,
          duration_seconds: kind.durationSeconds,
          earliest_ms: Math.round(run.earliestMs),
          latest_ms: Math.round(run.latestMs),
          queue_ms: run.queueMs === null ? null : Math.round(run.queueMs),
          ended_at: at,
        })
        .execute();
    },

    /** Those recorded last, oldest first. */
    async listLatest(limit: number): Promise<RecordedRun[]> {
      const latest = await rows().orderBy("id", "desc").limit(limit).execute();
      return latest.reverse().map(toRecordedRun);
    },

    /** Those after an id, oldest first. */
    async listAfter(id: number, limit: number): Promise<RecordedRun[]> {
      const later = await rows().where("id", ">", id).orderBy("id").limit(limit).execute();
      return later.map(toRecordedRun);
    },
  };
}

function toRecordedRun(row: {
  id: number;
  connection_id: string;
  model_id: string;
  resolution: string;
  duration_seconds: number;
  earliest_ms: number;
  latest_ms: number;
  queue_ms: number | null;
}): RecordedRun {
  return {
    id: Number(row.id),
    kind: {
      connectionId: row.connection_id,
      modelId: row.model_id,
      resolution: row.resolution as ResolutionTier,
      durationSeconds: row.duration_seconds,
    },
    run: { earliestMs: row.earliest_ms, latestMs: row.latest_ms, queueMs: row.queue_ms },
  };
}
