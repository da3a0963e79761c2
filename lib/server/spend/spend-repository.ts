import type { Currency } from "@/lib/domain/money";
import type { Spend, SpendKind } from "@/lib/domain/spend";
import type { SpendRow } from "@/lib/domain/spend-report";
import type { Database, DatabaseTransaction } from "../db/database";
import { holdLock } from "../db/dialect";
import type { Generation } from "../generations/generation";
import { toGeneration } from "../generations/generation-row";

export type SpendRepository = ReturnType<typeof createSpendRepository>;

/** Days, both ends in, as `YYYY-MM-DD`. */
export type DaySpan = { first: string; last: string };

/** One generation and what it counts for. */
export type SpendEntry = { generation: Generation; spend: Spend };

/** What the generations count for. There is no second book that could differ from them. */
export function createSpendRepository(db: Database) {
  return {
    /** Lets one order at a time be judged, until the transaction ends. */
    lockOrders: (transaction: DatabaseTransaction): Promise<void> => holdLock(transaction, "spend"),

    /** Spent and reserved in those days, millionths; of everyone where `ownerId` is null. */
    async usedMicro(
      of: { ownerId: string | null; currency: Currency; days: DaySpan },
      transaction: DatabaseTransaction | null = null,
    ): Promise<number> {
      let query = (transaction ?? db)
        .selectFrom("generations")
        .select(({ fn }) => fn.sum("spend_amount_micro").as("used"))
        .where("spend_day", ">=", of.days.first)
        .where("spend_day", "<=", of.days.last)
        .where("spend_currency", "=", of.currency);
      if (of.ownerId !== null) query = query.where("owner_id", "=", of.ownerId);
      return Number((await query.executeTakeFirst())?.used ?? 0);
    },

    /**
     * What was ordered in those days, in groups that count alike; of everyone where `ownerId` is null. What ended
     * without ever counting, a failure at an unknown price or in the demo, is left out.
     */
    async listSums(of: { ownerId: string | null; days: DaySpan }): Promise<SpendRow[]> {
      let query = db
        .selectFrom("generations")
        .select([
          "spend_day",
          "model_id",
          "model_label",
          "owner_id",
          "is_demo",
          "spend_currency",
          "spend_kind",
        ])
        .select(({ fn }) => [fn.sum("spend_amount_micro").as("amount_micro"), fn.countAll().as("clip_count")])
        .where("spend_day", ">=", of.days.first)
        .where("spend_day", "<=", of.days.last)
        .where((where) =>
          where.or([where("spend_kind", "is not", null), where("state", "not in", ["failed", "cancelled"])]),
        )
        .groupBy([
          "spend_day",
          "model_id",
          "model_label",
          "owner_id",
          "is_demo",
          "spend_currency",
          "spend_kind",
        ]);
      if (of.ownerId !== null) query = query.where("owner_id", "=", of.ownerId);
      const rows = await query.execute();
      return rows.map((row) => ({
        day: row.spend_day,
        modelId: row.model_id,
        modelLabel: row.model_label,
        ownerId: row.owner_id,
        isDemo: row.is_demo === 1,
        spend: toSpend(row),
        clipCount: Number(row.clip_count),
      }));
    },

    /** Every generation that counts in those days, oldest first; of everyone where `ownerId` is null. */
    async listEntries(of: { ownerId: string | null; days: DaySpan }): Promise<SpendEntry[]> {
      let query = db
        .selectFrom("generations")
        .selectAll()
        .where("spend_day", ">=", of.days.first)
        .where("spend_day", "<=", of.days.last)
        .where("spend_kind", "is not", null)
        .orderBy("spend_day")
        .orderBy("created_at")
        .orderBy("id");
      if (of.ownerId !== null) query = query.where("owner_id", "=", of.ownerId);
      const rows = await query.execute();
      return rows.flatMap((row) => {
        const spend = toSpend({ ...row, amount_micro: row.spend_amount_micro });
        return spend ? [{ generation: toGeneration(row), spend }] : [];
      });
    },
  };
}

function toSpend(row: {
  spend_kind: string | null;
  spend_currency: string | null;
  amount_micro: number | string | bigint | null;
}): Spend | null {
  if (row.spend_kind === null || row.spend_currency === null) return null;
  return {
    kind: row.spend_kind as SpendKind,
    currency: row.spend_currency as Currency,
    amountMicro: Number(row.amount_micro ?? 0),
  };
}
