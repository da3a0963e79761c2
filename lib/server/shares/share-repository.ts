import type { Selectable } from "kysely";
import { newId } from "@/lib/domain/ids";
import type { ShareView } from "@/lib/domain/share";
import type { Database } from "../db/database";
import { isUniqueViolation } from "../db/dialect";
import type { ShareTable } from "../db/schema";

export type Share = { id: string; token: string; ownerId: string; generationId: string; createdAt: number };

export type ShareRepository = ReturnType<typeof createShareRepository>;

/** The shares table. Only `findByToken` answers without an owner: whoever has the token may look. */
export function createShareRepository(db: Database) {
  async function findByGeneration(ownerId: string, generationId: string): Promise<Share | null> {
    const row = await db
      .selectFrom("shares")
      .selectAll()
      .where("owner_id", "=", ownerId)
      .where("generation_id", "=", generationId)
      .executeTakeFirst();
    return row ? toShare(row) : null;
  }

  return {
    findByGeneration,

    async findByToken(token: string): Promise<Share | null> {
      const row = await db.selectFrom("shares").selectAll().where("token", "=", token).executeTakeFirst();
      return row ? toShare(row) : null;
    },

    /** Inserts the share, or answers with the one that the generation already has. */
    async insert(share: Omit<Share, "id">): Promise<Share> {
      const { token, ownerId, generationId, createdAt } = share;
      const id = newId("shr");
      try {
        await db
          .insertInto("shares")
          .values({ id, token, owner_id: ownerId, generation_id: generationId, created_at: createdAt })
          .execute();
        return { id, ...share };
      } catch (error) {
        const existing = isUniqueViolation(error) ? await findByGeneration(ownerId, generationId) : null;
        if (!existing) throw error;
        return existing;
      }
    },

    async remove(ownerId: string, token: string): Promise<boolean> {
      const removed = await db
        .deleteFrom("shares")
        .where("owner_id", "=", ownerId)
        .where("token", "=", token)
        .executeTakeFirst();
      return removed.numDeletedRows > 0n;
    },
  };
}

function toShare(row: Selectable<ShareTable>): Share {
  return {
    id: row.id,
    token: row.token,
    ownerId: row.owner_id,
    generationId: row.generation_id,
    createdAt: row.created_at,
  };
}

export function toShareView({ token, createdAt }: Share): ShareView {
  return { token, createdAt };
}
