import type { ClipView, GenerationView } from "@/lib/domain/generation";
import { type GenerationEvent, isMereLook, next } from "@/lib/domain/generation-state";
import type { Database, DatabaseTransaction } from "../db/database";
import { holdLock, isUniqueViolation } from "../db/dialect";
import type { SpendLedger } from "../spend/spend-ledger";
import { type Generation, toGenerationView } from "./generation";
import type { GenerationBus } from "./generation-bus";
import { appendEvent, createEventReader, holdEventOrder, lastEventId } from "./generation-event-repository";
import { lifeColumns, toGeneration, toRow } from "./generation-row";
import { createLeases } from "./lease-repository";

export type GenerationRepository = ReturnType<typeof createGenerationRepository>;

/** The generations table and its events. Whatever a person reads or writes takes the owner. */
export function createGenerationRepository(
  db: Database,
  bus: GenerationBus,
  /** Hears of each event that was written, with the row as it was before. */
  onEvent?: (before: Generation, event: GenerationEvent | { type: "created"; at: number }) => void,
) {
  async function find(id: string): Promise<Generation | null> {
    const row = await db.selectFrom("generations").selectAll().where("id", "=", id).executeTakeFirst();
    return row ? toGeneration(row) : null;
  }

  return {
    /**
     * Inserts the row with its first event, or answers with the row that this request has made before. Throws, and
     * leaves nothing behind, where the order passes a spending cap.
     */
    async insert(
      generation: Generation,
      spend: Pick<SpendLedger, "beforeOrder" | "afterOrder">,
    ): Promise<{ generation: Generation; isNew: boolean }> {
      try {
        await db.transaction().execute(async (transaction) => {
          await spend.beforeOrder(transaction, generation);
          await holdEventOrder(transaction, generation.ownerId);
          await transaction.insertInto("generations").values(toRow(generation)).execute();
          await appendEvent(transaction, generation, "created", generation.createdAt);
          await spend.afterOrder(transaction, generation);
        });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        const row = await db
          .selectFrom("generations")
          .selectAll()
          .where("owner_id", "=", generation.ownerId)
          .where("request_id", "=", generation.requestId)
          .executeTakeFirstOrThrow(() => error as Error);
        return { generation: toGeneration(row), isNew: false };
      }
      bus.changed(generation);
      onEvent?.(generation, { type: "created", at: generation.createdAt });
      return { generation, isNew: true };
    },

    async findOwned(ownerId: string, id: string): Promise<Generation | null> {
      const row = await db
        .selectFrom("generations")
        .selectAll()
        .where("id", "=", id)
        .where("owner_id", "=", ownerId)
        .executeTakeFirst();
      return row ? toGeneration(row) : null;
    },

    /** The row that was ordered as the retry of this one; null where it was not retried. */
    async findRetry(ownerId: string, id: string): Promise<Generation | null> {
      const row = await db
        .selectFrom("generations")
        .selectAll()
        .where("owner_id", "=", ownerId)
        .where("retry_of", "=", id)
        .orderBy("created_at", "desc")
        .limit(1)
        .executeTakeFirst();
      return row ? toGeneration(row) : null;
    },

    /** The row as it is now, for the worker that holds it. */
    find,

    /**
     * Moves the row by one event: row and event are written together, and only if the row still has the version that
     * `generation` carries. Null where it has moved on, or where its state does not take the event. `within` writes
     * more in the same transaction. A mere look writes no event row.
     */
    async applyEvent(
      generation: Generation,
      event: GenerationEvent | ((transaction: DatabaseTransaction) => Promise<GenerationEvent>),
    ): Promise<Generation | null> {
      const moved = await db
        .transaction()
        .execute(async (transaction) => {
          const isLook = typeof event !== "function" && isMereLook(generation, event);
          if (!isLook) await holdEventOrder(transaction, generation.ownerId);
          const resolved = typeof event === "function" ? await event(transaction) : event;
          const life = next(generation, resolved);
          if (!life) throw new Overtaken();
          const after = { ...life, updatedAt: resolved.at };
          const written = await transaction
            .updateTable("generations")
            .set({ ...lifeColumns(after), updated_at: after.updatedAt })
            .where("id", "=", generation.id)
            .where("version", "=", generation.version)
            .executeTakeFirst();
          if (written.numUpdatedRows !== 1n) throw new Overtaken();
          if (!isMereLook(generation, resolved))
            await appendEvent(transaction, after, resolved.type, resolved.at);
          return { after, event: resolved };
        })
        .catch((error: unknown) => {
          if (error instanceof Overtaken) return null;
          throw error;
        });
      if (!moved) return null;
      bus.changed(moved.after);
      onEvent?.(generation, moved.event);
      return moved.after;
    },

    /** Which of the vendor's task ids rows of ours have, whoever owns them. */
    async findKnownTaskIds(taskIds: readonly string[]): Promise<Set<string>> {
      if (taskIds.length === 0) return new Set();
      const rows = await db
        .selectFrom("generations")
        .select(["remote_task_id", "former_task_id"])
        .where((where) =>
          where.or([where("remote_task_id", "in", taskIds), where("former_task_id", "in", taskIds)]),
        )
        .execute();
      return new Set(
        rows.flatMap((row) => [row.remote_task_id, row.former_task_id]).filter((id) => id !== null),
      );
    },

    /** Whether no row has the task yet, whoever owns it; nobody else gets another answer before the transaction ends. */
    async claimTask(transaction: DatabaseTransaction, taskId: string): Promise<boolean> {
      await holdLock(transaction, `task ${taskId}`);
      const holder = await transaction
        .selectFrom("generations")
        .select("id")
        .where((where) =>
          where.or([where("remote_task_id", "=", taskId), where("former_task_id", "=", taskId)]),
        )
        .executeTakeFirst();
      return holder === undefined;
    },

    /**
     * Starts of a model sent in the window (epoch ms, both ends in) that may have been accepted and have no task of
     * their own, whoever owns them: still on their way, unconfirmed, or ended without anybody knowing.
     */
    async listStartsWithoutTask(modelId: string, from: number, until: number): Promise<Generation[]> {
      const rows = await db
        .selectFrom("generations")
        .selectAll()
        .where("model_id", "=", modelId)
        .where("submitted_at", ">=", from)
        .where("submitted_at", "<=", until)
        .where("remote_task_id", "is", null)
        .execute();
      return rows
        .map(toGeneration)
        .filter(({ state, failure }) => state === "submitting" || failure?.charged === "unknown");
    },

    /** Puts a row that ended without a clip away, or back. No change of state, but a version of its own. */
    async setDismissed(
      ownerId: string,
      id: string,
      isDismissed: boolean,
      at: number,
    ): Promise<Generation | null> {
      const generation = await db.transaction().execute(async (transaction) => {
        await holdEventOrder(transaction, ownerId);
        const row = await transaction
          .updateTable("generations")
          .set((set) => ({
            is_dismissed: isDismissed ? 1 : 0,
            updated_at: at,
            version: set("version", "+", 1),
          }))
          .where("id", "=", id)
          .where("owner_id", "=", ownerId)
          .where("state", "in", ["failed", "cancelled"])
          .where("video_asset_id", "is", null)
          .returningAll()
          .executeTakeFirst();
        if (!row) return null;
        const changed = toGeneration(row);
        await appendEvent(transaction, changed, isDismissed ? "dismissed" : "recalled", at);
        return changed;
      });
      if (generation) bus.changed(generation);
      return generation;
    },

    ...createLeases(db),

    /** One page of an owner's gallery, newest first, with the event id up to which it is complete. */
    async listPage(
      ownerId: string,
      page: { before: { createdAt: number; id: string } | null; limit: number },
    ): Promise<{ generations: Generation[]; hasMore: boolean; highWaterId: number }> {
      // One snapshot for both: what the id covers is on the page, and what it does not cover is still to come.
      const { rows, highWaterId } = await db
        .transaction()
        .setIsolationLevel("repeatable read")
        .setAccessMode("read only")
        .execute(async (transaction) => {
          const highWaterId = await lastEventId(transaction, ownerId);
          let query = transaction
            .selectFrom("generations")
            .selectAll()
            .where("owner_id", "=", ownerId)
            .orderBy("created_at", "desc")
            .orderBy("id", "desc")
            .limit(page.limit + 1);
          const { before } = page;
          if (before) {
            query = query.where((where) =>
              where.or([
                where("created_at", "<", before.createdAt),
                where.and([where("created_at", "=", before.createdAt), where("id", "<", before.id)]),
              ]),
            );
          }
          return { rows: await query.execute(), highWaterId };
        });
      return {
        generations: rows.slice(0, page.limit).map(toGeneration),
        hasMore: rows.length > page.limit,
        highWaterId,
      };
    },

    ...createEventReader(db),

    /** Generations as their owner sees them, each with its clip's true size. */
    async toViews(generations: readonly Generation[]): Promise<GenerationView[]> {
      const videoIds = generations.flatMap(({ videoAssetId }) => videoAssetId ?? []);
      const rows =
        videoIds.length === 0
          ? []
          : await db
              .selectFrom("assets")
              .select(["id", "owner_id", "width", "height", "duration_ms", "size_bytes"])
              .where("id", "in", videoIds)
              .execute();
      const videos = new Map(rows.map((row) => [row.id, row]));
      return generations.map((generation) => {
        const { videoAssetId, posterAssetId, ownerId } = generation;
        const video = videoAssetId ? videos.get(videoAssetId) : undefined;
        const clip: ClipView | null =
          video && posterAssetId && video.owner_id === ownerId
            ? {
                assetId: video.id,
                posterAssetId,
                width: video.width ?? 0,
                height: video.height ?? 0,
                durationSeconds: (video.duration_ms ?? 0) / 1000,
                sizeBytes: video.size_bytes,
              }
            : null;
        return toGenerationView(generation, clip);
      });
    },
  };
}

/** The row has moved on since it was read, or its state does not take the event. */
class Overtaken extends Error {}
