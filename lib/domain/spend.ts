import type { Failure } from "./failure";
import type { GenerationState } from "./generation";
import { type Currency, formatMoney, type Money } from "./money";

/** Whether an amount may still be charged, was charged, or surely was not. */
export type SpendKind = "reserved" | "settled" | "released";

/** What people read for it, wherever it stands. */
export const SPEND_WORDS: Record<SpendKind, string> = {
  reserved: "Held",
  settled: "Charged",
  released: "Given back",
};

/** What a generation counts for in the spend of its owner and of the installation. */
export type Spend = Money & { kind: SpendKind };

type Spender = {
  state: GenerationState;
  price: Money | null;
  /** What the vendor says it billed; null while it has not said, or where that cannot be read. */
  cost: Money | null;
  failure: Failure | null;
  videoAssetId: string | null;
  connection: { isDemo: boolean };
};

/**
 * The estimate is reserved when the clip is ordered, and held for as long as it may be charged: while the start is
 * unconfirmed, while a cancel is on its way, and for ever where nobody can tell. Only a vendor's word releases it.
 * Null for the demo, and where no price is known.
 */
export function spendOf({ state, price, cost, failure, videoAssetId, connection }: Spender): Spend | null {
  const amount = cost ?? price;
  if (connection.isDemo || !amount) return null;
  const reserved: Spend = { ...(price ?? amount), kind: "reserved" };
  const settled: Spend = { ...amount, kind: "settled" };
  const released: Spend = { amountMicro: 0, currency: amount.currency, kind: "released" };
  switch (state) {
    case "queued":
    case "submitting":
    case "unconfirmed":
    case "running":
      return reserved;
    case "saving":
    case "succeeded":
      return settled;
    case "cancelled":
      return videoAssetId === null ? released : settled;
    case "failed":
      return { no: released, yes: settled, unknown: reserved }[failure?.charged ?? "unknown"];
  }
}

export type SpendPeriod = "day" | "month";
export type SpendScope = "person" | "everyone";

/** One cap and how much of it is spent or reserved, millionths. */
export type CapUse = {
  scope: SpendScope;
  period: SpendPeriod;
  currency: Currency;
  capMicro: number;
  usedMicro: number;
};

/** The caps that an order of a person's meets now, and how long until the installation's day is over. */
export type CapsView = { caps: CapUse[]; dayLeftMs: number };

export const PERIOD_WORDS: Record<SpendPeriod, string> = { day: "today", month: "this month" };

/**
 * Why a clip of this price may not be ordered now, or null. With any cap set, a price that nobody knows is refused:
 * what it would do to the cap cannot be told.
 */
export function refuseOverCap(price: Money | null, caps: readonly CapUse[]): string | null {
  if (caps.length === 0) return null;
  if (!price) {
    return "Its price is not known here, and this studio has a spending cap. Whoever runs it can enter the price (PRICES).";
  }
  const passed = caps.find(
    ({ currency, capMicro, usedMicro }) =>
      currency === price.currency && usedMicro + price.amountMicro > capMicro,
  );
  if (!passed) return null;
  const { scope, period, currency, capMicro } = passed;
  const whose = scope === "person" ? "your cap" : "this studio's cap";
  const left = formatMoney({ amountMicro: leftMicro(passed), currency });
  return `Over ${whose}: ${left} of ${formatMoney({ amountMicro: capMicro, currency })} is left for ${PERIOD_WORDS[period]}.`;
}

/** The cap that leaves least in a currency, once it is more than half used; before that there is nothing to say. */
export function tightestCap(caps: readonly CapUse[], currency: Currency): CapUse | null {
  const pressing = caps.filter((cap) => cap.currency === currency && cap.usedMicro * 2 > cap.capMicro);
  return pressing.toSorted((left, right) => leftMicro(left) - leftMicro(right))[0] ?? null;
}

/** Millionths; never below nothing, though a bill above its estimate may have passed the cap. */
export function leftMicro({ capMicro, usedMicro }: CapUse): number {
  return Math.max(0, capMicro - usedMicro);
}
