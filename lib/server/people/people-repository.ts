import type { Database } from "@/lib/server/db/database";

export type PeopleRepository = ReturnType<typeof createPeopleRepository>;

const DAY_MS = 86_400_000;

/** The names of those who have ordered while signed in: an owner id alone tells an operator nothing. */
export function createPeopleRepository(db: Database) {
  return {
    /** Keeps the name as it is now. Somebody known by it and seen within the day costs no write. */
    async remember({ id, name }: { id: string; name: string }, at: number): Promise<void> {
      const known = await db.selectFrom("people").selectAll().where("id", "=", id).executeTakeFirst();
      if (known?.name === name && at - Number(known.seen_at) < DAY_MS) return;
      await db
        .insertInto("people")
        .values({ id, name, seen_at: at })
        .onConflict((conflict) => conflict.column("id").doUpdateSet({ name, seen_at: at }))
        .execute();
    },

    /** Names by owner id; those never seen are left out. */
    async namesOf(ids: readonly string[]): Promise<Map<string, string>> {
      if (ids.length === 0) return new Map();
      const rows = await db.selectFrom("people").select(["id", "name"]).where("id", "in", ids).execute();
      return new Map(rows.map(({ id, name }) => [id, name]));
    },
  };
}
