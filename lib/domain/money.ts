/** Integer millionths of a currency's unit, always beside the currency: $0.50 is `{ amountMicro: 500_000, currency: "USD" }`. */
export type Money = { amountMicro: number; currency: "USD" | "CNY" };

/** `$0.50`, `¥3.00`, and as many decimals as a price below a cent needs: `$0.0375`. */
export function formatMoney({ amountMicro, currency }: Money): string {
  const decimals = amountMicro % 10_000 === 0 ? 2 : 4;
  const sign = currency === "USD" ? "$" : "¥";
  return `${sign}${(amountMicro / 1_000_000).toFixed(decimals)}`;
}

export function isSameMoney(left: Money | null, right: Money | null): boolean {
  return left?.amountMicro === right?.amountMicro && left?.currency === right?.currency;
}
