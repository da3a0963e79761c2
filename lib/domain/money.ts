export const CURRENCIES = ["USD", "CNY"] as const;
export type Currency = (typeof CURRENCIES)[number];

/** Integer millionths of a currency's unit, always beside the currency: $0.50 is `{ amountMicro: 500_000, currency: "USD" }`. */
export type Money = { amountMicro: number; currency: Currency };

/** `$0.50`, `¥1,250.00`, and as many decimals as a price below a cent needs: `$0.0375`. */
export function formatMoney({ amountMicro, currency }: Money, decimals = decimalsOf([amountMicro])): string {
  const sign = currency === "USD" ? "$" : "¥";
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return `${sign}${(amountMicro / 1_000_000).toLocaleString("en", digits)}`;
}

/** How many decimals write all of these exactly, at least two: one for a whole column of figures. */
export function decimalsOf(amountsMicro: readonly number[]): number {
  const writesAll = (decimals: number) => amountsMicro.every((amount) => amount % 10 ** (6 - decimals) === 0);
  return [2, 3, 4, 5].find(writesAll) ?? 6;
}

/** The amount alone, for a machine to read: `0.50`, `1250.00`, `0.0375`. */
export function decimalAmount({ amountMicro }: Money): string {
  return (amountMicro / 1_000_000).toFixed(decimalsOf([amountMicro]));
}

/** Reads `20 USD` or `0.0375 USD`, exactly; null where it is anything else or finer than a millionth. */
export function parseMoney(text: string): Money | null {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))? ?(USD|CNY)$/.exec(text.trim());
  if (!match) return null;
  const [, whole, fraction = "", currency] = match;
  const amountMicro = Number(whole) * 1_000_000 + Number(fraction.padEnd(6, "0"));
  return { amountMicro, currency: currency as Currency };
}

export function isSameMoney(left: Money | null, right: Money | null): boolean {
  return left?.amountMicro === right?.amountMicro && left?.currency === right?.currency;
}
