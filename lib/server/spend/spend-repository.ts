import type { Currency } from "@/lib/domain/money";
import type { Database, DatabaseTransaction } from "../db/database";
import { holdLock } from "../db/dialect";

export type SpendRepository = ReturnType<typeof createSpendRepository>;

/** Days, both ends in, as `YYYY-MM-DD`. */
export type DaySpan = { first: string; last: string };

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
  };
}
