import { type Money, parseMoney } from "@/lib/domain/money";
import type { SpendPeriod, SpendScope } from "@/lib/domain/spend";

/** A cap as the operator set it. */
export type SpendCap = { scope: SpendScope; period: SpendPeriod; limit: Money };

/** Reads `20 USD, 100 CNY`; throws a sentence where it is anything else. */
export function readCaps(scope: SpendScope, period: SpendPeriod, text: string | undefined): SpendCap[] {
  if (text === undefined) return [];
  const limits = text.split(",").map((part) => {
    const limit = parseMoney(part);
    if (!limit) throw new Error(`“${part.trim()}” is no amount; write it like 20 USD, or 20 USD, 100 CNY`);
    return limit;
  });
  if (new Set(limits.map(({ currency }) => currency)).size < limits.length) {
    throw new Error("a currency is there twice");
  }
  return limits.map((limit) => ({ scope, period, limit }));
}
