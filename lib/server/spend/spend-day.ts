/** The calendar day of an instant (epoch ms) in a time zone, as `YYYY-MM-DD`: that is what a cap a day goes by. */
export function spendDay(at: number, timeZone: string): string {
  // Sweden writes its dates the way that sorts.
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }).format(at);
}

/** First and last day of a day's month; the last may be one that the month does not have. */
export function spendMonth(day: string): { first: string; last: string } {
  const month = day.slice(0, 7);
  return { first: `${month}-01`, last: `${month}-31` };
}
