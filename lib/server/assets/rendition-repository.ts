import type { Selectable } from "kysely";
import { newId } from "@/lib/domain/ids";
import type { Database } from "../db/database";
import { holdLock } from "../db/dialect";
import type { RenditionTable } from "../db/schema";

/** A file redrawn or cut for the limits of a vendor's slot; whoever owns the content it was made from. */
export type Rendition = {
  id: string;
  sha256: string;
  /** What it was made for, as text: equal limits have equal text. */
  limits: string;
  mediaType: string;
  sizeBytes: number;
  blobKey: string;
};

/** The renditions table. A rendition has no owner: it is reached through an asset, or by a signed link. */
export function createRenditionRepository(db: Database) {
  async function find(sha256: string, limits: string): Promise<Rendition | null> {
    const row = await db
      .selectFrom("renditions")
      .selectAll()
      .where("sha256", "=", sha256)
      .where("limits", "=", limits)
      .executeTakeFirst();
    return row ? toRendition(row) : null;
  }

  return {
    find,

    /** For a signed link alone, which is the permission to read this one file. */
    async findLinked(id: string): Promise<Rendition | null> {
      const row = await db.selectFrom("renditions").selectAll().where("id", "=", id).executeTakeFirst();
      return row ? toRendition(row) : null;
    },

    /** Inserts it, or takes the place of one made before, under its id; settles the announced blob. */
    async insert(made: Omit<Rendition, "id">, announcedId: string, at: number): Promise<Rendition> {
      await db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto("renditions")
          .values({
            id: newId("rnd"),
            sha256: made.sha256,
            limits: made.limits,
            media_type: made.mediaType,
            size_bytes: made.sizeBytes,
            blob_key: made.blobKey,
            created_at: at,
          })
          // The id stays: a link may have been given out for it.
          .onConflict((conflict) =>
            conflict.columns(["sha256", "limits"]).doUpdateSet((row) => ({
              media_type: row.ref("excluded.media_type"),
              size_bytes: row.ref("excluded.size_bytes"),
              blob_key: row.ref("excluded.blob_key"),
            })),
          )
          .execute();
        await transaction.deleteFrom("pending_blobs").where("id", "=", announcedId).execute();
      });
      const kept = await find(made.sha256, made.limits);
      if (!kept) throw new Error("A rendition went while it was written");
      return kept;
    },

    /** Gives up what was made from content that no asset has any more. Answers how many files went. */
    async sweep(remove: (blobKey: string) => Promise<void>): Promise<number> {
      return db.transaction().execute(async (transaction) => {
        const gone = await transaction
          .deleteFrom("renditions")
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom("assets").select("assets.id").whereRef("assets.sha256", "=", "renditions.sha256"),
              ),
            ),
          )
          .returning("blob_key")
          .execute();
        for (const { blob_key } of gone) {
          await holdLock(transaction, `blob ${blob_key}`);
          // Another writer is making the same again.
          const writer = await transaction
            .selectFrom("pending_blobs")
            .select("id")
            .where("blob_key", "=", blob_key)
            .executeTakeFirst();
          if (!writer) await remove(blob_key);
        }
        return gone.length;
      });
    },
  };
}

function toRendition(row: Selectable<RenditionTable>): Rendition {
  return {
    id: row.id,
    sha256: row.sha256,
    limits: row.limits,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    blobKey: row.blob_key,
  };
}
