/** The calendar day of an instant (epoch ms) in a time zone, as `YYYY-MM-DD`: that is what a cap a day goes by. */
export function spendDay(at: number, timeZone: string): string {
  // Sweden writes its dates the way that sorts.
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }).format(at);
}

const HOUR_MS = 3_600_000;

/** How long until the day of an instant is over. No calendar day lasts longer than 25 hours. */
export function dayLeftMs(at: number, timeZone: string): number {
  const today = spendDay(at, timeZone);
  let within = at;
  let beyond = at + 26 * HOUR_MS;
  while (beyond - within > 1) {
    const middle = Math.floor((within + beyond) / 2);
    if (spendDay(middle, timeZone) === today) within = middle;
    else beyond = middle;
  }
  return beyond - at;
}

/** First and last day of a day's month; the last may be one that the month does not have. */
export function spendMonth(day: string): { first: string; last: string } {
  const month = day.slice(0, 7);
  return { first: `${month}-01`, last: `${month}-31` };
}
