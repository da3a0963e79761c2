/** A month as `YYYY-MM`. */
const MONTH = /^20\d{2}-(0[1-9]|1[0-2])$/;

/** The month that was asked for; this one for whatever is none, is to come, or was not asked for. */
export function readMonth(asked: unknown, thisMonth: string): string {
  return typeof asked === "string" && MONTH.test(asked) && asked <= thisMonth ? asked : thisMonth;
}

/** So many months later, or earlier. */
export function monthFrom(month: string, months: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}

/** `November 2026` */
export function monthLabel(month: string): string {
  const format = { timeZone: "UTC", month: "long", year: "numeric" } as const;
  return new Intl.DateTimeFormat("en", format).format(new Date(`${month}-01T00:00:00Z`));
}
