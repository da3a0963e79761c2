import type { Selectable } from "kysely";
import type { AssetKind, AssetView } from "@/lib/domain/asset";
import { AppError } from "@/lib/domain/errors";
import { newId } from "@/lib/domain/ids";
import type { Database, DatabaseTransaction } from "../db/database";
import { holdLock } from "../db/dialect";
import type { AssetTable } from "../db/schema";
import { createRenditionRepository } from "./rendition-repository";

/** A stored file. `AssetView` is the part its owner sees. */
export type Asset = AssetView & {
  ownerId: string;
  sha256: string;
  needsFlattening: boolean;
  blobKey: string;
  previewKey: string | null;
  createdAt: number;
};

export type NewAsset = Omit<Asset, "id">;

export type AssetRepository = ReturnType<typeof createAssetRepository>;

/** The assets table, and the list of blobs that are being written. Every read takes the owner, but one. */
export function createAssetRepository(db: Database) {
  return {
    /** What was made from assets for the limits of vendors. */
    renditions: createRenditionRepository(db),

    async find(ownerId: string, id: string): Promise<Asset | null> {
      const row = await db
        .selectFrom("assets")
        .selectAll()
        .where("id", "=", id)
        .where("owner_id", "=", ownerId)
        .executeTakeFirst();
      return row ? toAsset(row) : null;
    },

    /** For a signed link alone, which is the permission to read this one file. */
    async findLinked(id: string): Promise<Asset | null> {
      const row = await db.selectFrom("assets").selectAll().where("id", "=", id).executeTakeFirst();
      return row ? toAsset(row) : null;
    },

    async findByContent(ownerId: string, sha256: string): Promise<Asset | null> {
      const row = await db
        .selectFrom("assets")
        .selectAll()
        .where("owner_id", "=", ownerId)
        .where("sha256", "=", sha256)
        .executeTakeFirst();
      return row ? toAsset(row) : null;
    },

    /** Says that a blob is about to be written, before its first byte is. */
    async announceBlob(blobKey: string, at: number): Promise<string> {
      const id = newId("req");
      await db.transaction().execute(async (transaction) => {
        await holdLock(transaction, `blob ${blobKey}`);
        await transaction
          .insertInto("pending_blobs")
          .values({ id, blob_key: blobKey, created_at: at })
          .execute();
      });
      return id;
    },

    /** Inserts the asset, or answers with the owner's row of equal content, and settles the announced blobs. */
    async insert(asset: NewAsset, announcedIds: readonly string[]): Promise<Asset> {
      return db.transaction().execute((transaction) => insertAsset(transaction, asset, announcedIds));
    },

    /**
     * Gives up announced blobs, or those announced before `olderThan` by a process that died: each key that no row
     * and no other writer refers to is handed to `remove` before a new writer can announce it. A key a transaction:
     * where `remove` fails, its announcement stays for the next sweep.
     */
    async sweepBlobs(
      which: { announcedIds: readonly string[] } | { olderThan: number },
      remove: (blobKey: string) => Promise<void>,
    ): Promise<number> {
      if ("announcedIds" in which && which.announcedIds.length === 0) return 0;
      const idsByKey = await takeOverAnnouncements(db, which);
      let removed = 0;
      for (const [key, ids] of idsByKey) {
        await db.transaction().execute(async (transaction) => {
          await holdLock(transaction, `blob ${key}`);
          await transaction.deleteFrom("pending_blobs").where("id", "in", ids).execute();
          if (await isReferred(transaction, key)) return;
          await remove(key);
          removed += 1;
        });
      }
      return removed;
    },
  };
}

/** `insert` inside a transaction of the caller's; throws where the announced blobs have been swept meanwhile. */
export async function insertAsset(
  transaction: DatabaseTransaction,
  asset: NewAsset,
  announcedIds: readonly string[],
): Promise<Asset> {
  await transaction
    .insertInto("assets")
    .values(toRow({ ...asset, id: newId("ast") }))
    .onConflict((conflict) => conflict.columns(["owner_id", "sha256"]).doNothing())
    .execute();
  const row = await transaction
    .selectFrom("assets")
    .selectAll()
    .where("owner_id", "=", asset.ownerId)
    .where("sha256", "=", asset.sha256)
    .executeTakeFirstOrThrow();
  if (announcedIds.length > 0) {
    const { numDeletedRows } = await transaction
      .deleteFrom("pending_blobs")
      .where("id", "in", [...announcedIds])
      .executeTakeFirst();
    // A machine that slept in between finds its blobs swept as a dead process's: a row of them would show nothing.
    if (Number(numDeletedRows) !== announcedIds.length)
      throw new AppError(
        "unavailable",
        "The file was not stored in time and has been cleared away. Try again in a moment.",
      );
  }
  return toAsset(row);
}

/**
 * Announcements under new ids, by key: whoever made them cannot settle them any more, even where the blob is removed and
 * that is never written down. What is settled meanwhile is left alone.
 */
async function takeOverAnnouncements(
  db: Database,
  which: { announcedIds: readonly string[] } | { olderThan: number },
): Promise<Map<string, string[]>> {
  return db.transaction().execute(async (transaction) => {
    const rows = await transaction
      .selectFrom("pending_blobs")
      .select(["id", "blob_key"])
      .where((where) =>
        "olderThan" in which
          ? where("created_at", "<", which.olderThan)
          : where("id", "in", [...which.announcedIds]),
      )
      .orderBy("created_at")
      .execute();
    const idsByKey = new Map<string, string[]>();
    for (const row of rows) {
      const id = newId("req");
      const { numUpdatedRows } = await transaction
        .updateTable("pending_blobs")
        .set({ id })
        .where("id", "=", row.id)
        .executeTakeFirst();
      if (numUpdatedRows === 1n) idsByKey.set(row.blob_key, [...(idsByKey.get(row.blob_key) ?? []), id]);
    }
    return idsByKey;
  });
}

async function isReferred(transaction: DatabaseTransaction, key: string): Promise<boolean> {
  // The writers first: one that settles in between has made its row by then.
  const writer = await transaction
    .selectFrom("pending_blobs")
    .select("id")
    .where("blob_key", "=", key)
    .limit(1)
    .executeTakeFirst();
  if (writer) return true;
  const asset = await transaction
    .selectFrom("assets")
    .select("id")
    .where((where) => where.or([where("blob_key", "=", key), where("preview_key", "=", key)]))
    .limit(1)
    .executeTakeFirst();
  if (asset) return true;
  const rendition = await transaction
    .selectFrom("renditions")
    .select("id")
    .where("blob_key", "=", key)
    .limit(1)
    .executeTakeFirst();
  return rendition !== undefined;
}

function toAsset(row: Selectable<AssetTable>): Asset {
  return {
    id: row.id,
    ownerId: row.owner_id,
    sha256: row.sha256,
    kind: row.kind as AssetKind,
    mediaType: row.media_type,
    fileName: row.file_name,
    sizeBytes: row.size_bytes,
    width: row.width,
    height: row.height,
    durationSeconds: row.duration_ms === null ? null : row.duration_ms / 1000,
    needsFlattening: row.needs_flattening === 1,
    blobKey: row.blob_key,
    previewKey: row.preview_key,
    createdAt: row.created_at,
  };
}

function toRow(asset: Asset): AssetTable {
  return {
    id: asset.id,
    owner_id: asset.ownerId,
    sha256: asset.sha256,
    kind: asset.kind,
    media_type: asset.mediaType,
    file_name: asset.fileName,
    size_bytes: asset.sizeBytes,
    width: asset.width,
    height: asset.height,
    duration_ms: asset.durationSeconds === null ? null : Math.round(asset.durationSeconds * 1000),
    needs_flattening: asset.needsFlattening ? 1 : 0,
    blob_key: asset.blobKey,
    preview_key: asset.previewKey,
    created_at: asset.createdAt,
  };
}

export function toAssetView(asset: Asset): AssetView {
  const { id, kind, mediaType, fileName, sizeBytes, width, height, durationSeconds } = asset;
  return { id, kind, mediaType, fileName, sizeBytes, width, height, durationSeconds };
}
