import { readMonth } from "@/lib/domain/calendar-month";
import type { CapUse } from "@/lib/domain/spend";
import { reportSpend, type SpendReport } from "@/lib/domain/spend-report";
import type { Clock } from "@/lib/server/clock";
import type { PeopleRepository } from "@/lib/server/people/people-repository";
import { spendMonth } from "./spend-day";
import type { SpendLedger } from "./spend-ledger";
import type { SpendRepository } from "./spend-repository";

export type SpendOffice = {
  spendBook: SpendRepository;
  spend: SpendLedger;
  people: PeopleRepository;
  clock: Clock;
};

/** Who asks. Whoever is no operator is answered about themselves alone. */
export type SpendReader = { ownerId: string; isOperator: boolean };

export type MonthReport = {
  /** `YYYY-MM` */
  month: string;
  /** The month that today is in, where the spend goes on. */
  thisMonth: string;
  /** The whole installation's, for an operator. */
  isOfEveryone: boolean;
  report: SpendReport;
  /** As they are now; past months have none. */
  caps: CapUse[];
};

/** A month's spend as the reader may see it. Whatever is no month means this one. */
export async function reportMonth(
  office: SpendOffice,
  reader: SpendReader,
  askedMonth: unknown,
): Promise<MonthReport> {
  const thisMonth = office.spend.today().slice(0, 7);
  const month = readMonth(askedMonth, thisMonth);
  const rows = await office.spendBook.listSums(scopeOf(reader, month));
  const nameOf = await namesFor(office, rows);
  return {
    month,
    thisMonth,
    isOfEveryone: reader.isOperator,
    report: reportSpend(rows, nameOf),
    caps: month === thisMonth ? await office.spend.capsOf(reader.ownerId) : [],
  };
}

export function scopeOf({ ownerId, isOperator }: SpendReader, month: string) {
  return { ownerId: isOperator ? null : ownerId, days: spendMonth(`${month}-01`) };
}

/** Names for owner ids; who ordered without signing in, or before names were kept, is told by that. */
export async function namesFor(
  { people }: Pick<SpendOffice, "people">,
  rows: readonly { ownerId: string }[],
): Promise<(ownerId: string) => string> {
  const names = await people.namesOf([...new Set(rows.map(({ ownerId }) => ownerId))]);
  return (ownerId) =>
    names.get(ownerId) ?? (ownerId === "usr_local" ? "Without sign-in" : `Somebody (${ownerId.slice(-4)})`);
}
