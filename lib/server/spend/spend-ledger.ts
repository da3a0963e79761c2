import { AppError } from "@/lib/domain/errors";
import { type CapsView, type CapUse, refuseOverCap } from "@/lib/domain/spend";
import type { Clock } from "../clock";
import type { DatabaseTransaction } from "../db/database";
import type { Generation } from "../generations/generation";
import type { SpendCap } from "./spend-caps";
import { dayLeftMs, spendDay, spendMonth } from "./spend-day";
import type { SpendRepository } from "./spend-repository";

export type SpendLedger = ReturnType<typeof createSpendLedger>;

/**
 * Holds orders to the caps. What can go wrong: two orders at once each see room for one. So an order is judged after
 * it is written and in the same transaction, one order at a time; what does not fit is taken back whole, nothing is
 * sent, and the person reads which cap it would pass and what is left.
 */
export function createSpendLedger(options: {
  repository: SpendRepository;
  caps: readonly SpendCap[];
  timeZone: string;
  clock: Clock;
}) {
  const { repository, caps, timeZone, clock } = options;
  const today = () => spendDay(clock.now(), timeZone);

  function capUses(ownerId: string, day: string, transaction: DatabaseTransaction | null): Promise<CapUse[]> {
    return Promise.all(
      caps.map(async ({ scope, period, limit: { amountMicro, currency } }) => {
        const days = period === "day" ? { first: day, last: day } : spendMonth(day);
        const of = { ownerId: scope === "person" ? ownerId : null, currency, days };
        const usedMicro = await repository.usedMicro(of, transaction);
        return { scope, period, currency, capMicro: amountMicro, usedMicro };
      }),
    );
  }

  return {
    /** The day that an order of now counts for. */
    today,

    /** How much of each cap an owner's next order finds used. */
    capsOf: (ownerId: string): Promise<CapUse[]> => capUses(ownerId, today(), null),

    async capsViewOf(ownerId: string): Promise<CapsView> {
      const at = clock.now();
      const caps = await capUses(ownerId, spendDay(at, timeZone), null);
      return { caps, dayLeftMs: caps.length > 0 ? dayLeftMs(at, timeZone) : 0 };
    },

    /** Keeps other orders out until the transaction ends. Where nothing is capped, nobody waits. */
    async beforeOrder(transaction: DatabaseTransaction, order: Generation): Promise<void> {
      if (caps.length > 0 && !order.connection.isDemo) await repository.lockOrders(transaction);
    },

    /** Throws where the order, already written in this transaction, passes a cap. */
    async afterOrder(transaction: DatabaseTransaction, order: Generation): Promise<void> {
      if (caps.length === 0 || order.connection.isDemo) return;
      const { price, ownerId, spendDay } = order;
      const uses = await capUses(ownerId, spendDay, transaction);
      const before = uses.map((use) => ({
        ...use,
        usedMicro: use.usedMicro - (use.currency === price?.currency ? price.amountMicro : 0),
      }));
      const refusal = refuseOverCap(price, before);
      if (refusal) throw new AppError("over-cap", refusal);
    },
  };
}
