import { CURRENCIES, type Currency } from "./money";
import type { SpendKind } from "./spend";

/** Generations of one day, model and person that count alike, with their sum in millionths. */
export type SpendRow = {
  /** `YYYY-MM-DD` in the installation's time zone. */
  day: string;
  modelId: string;
  modelLabel: string;
  ownerId: string;
  isDemo: boolean;
  /** Null for the demo, and where no price is known: those count for nothing. */
  spend: { kind: SpendKind; currency: Currency; amountMicro: number } | null;
  clipCount: number;
};

/** What a group came to: clips that count, and their two sums in millionths. */
export type SpendSum = { clipCount: number; settledMicro: number; reservedMicro: number };
export type SpendLine = SpendSum & { key: string; label: string };

/** Sums of different currencies never meet. */
export type CurrencySpend = SpendSum & {
  currency: Currency;
  /** Newest first. */
  days: SpendLine[];
  /** Dearest first. */
  models: SpendLine[];
  people: SpendLine[];
};

export type SpendReport = {
  currencies: CurrencySpend[];
  /** Made or in the making without counting: in demo mode, and at a price nobody has entered. */
  demoCount: number;
  unpricedCount: number;
  /** Ended without a charge, as the vendor says. */
  releasedCount: number;
};

/** Sums by day, model and person. `nameOf` says what an owner is called. */
export function reportSpend(rows: readonly SpendRow[], nameOf: (ownerId: string) => string): SpendReport {
  const counted = rows.flatMap(({ spend, ...row }) =>
    spend && spend.kind !== "released" ? [{ ...row, ...spend }] : [],
  );
  const currencies = CURRENCIES.filter((known) => counted.some(({ currency }) => currency === known));
  return {
    currencies: currencies.map((currency) => {
      const own = counted.filter((row) => row.currency === currency);
      const names = distinctNames(own, nameOf);
      return {
        currency,
        ...sumOf(own),
        days: linesBy(own, ({ day }) => [day, dayLabel(day)]).toSorted((left, right) =>
          left.key < right.key ? 1 : -1,
        ),
        models: linesBy(own, ({ modelId, modelLabel }) => [modelId, modelLabel]).toSorted(dearestFirst),
        people: linesBy(own, ({ ownerId }) => [ownerId, names.get(ownerId) ?? ownerId]).toSorted(
          dearestFirst,
        ),
      };
    }),
    demoCount: countClips(rows.filter(({ isDemo }) => isDemo)),
    unpricedCount: countClips(rows.filter(({ isDemo, spend }) => !isDemo && spend === null)),
    releasedCount: countClips(rows.filter(({ spend }) => spend?.kind === "released")),
  };
}

type CountedRow = Omit<SpendRow, "spend"> & NonNullable<SpendRow["spend"]>;

function sumOf(rows: readonly CountedRow[]): SpendSum {
  const sum = { clipCount: 0, settledMicro: 0, reservedMicro: 0 };
  for (const { kind, clipCount, amountMicro } of rows) {
    sum.clipCount += clipCount;
    if (kind === "settled") sum.settledMicro += amountMicro;
    else sum.reservedMicro += amountMicro;
  }
  return sum;
}

function linesBy(
  rows: readonly CountedRow[],
  groupOf: (row: CountedRow) => [key: string, label: string],
): SpendLine[] {
  const groups = new Map<string, { label: string; members: CountedRow[] }>();
  for (const row of rows) {
    const [key, label] = groupOf(row);
    const group = groups.get(key);
    if (group) group.members.push(row);
    else groups.set(key, { label, members: [row] });
  }
  return [...groups].map(([key, { label, members }]) => ({ key, label, ...sumOf(members) }));
}

function dearestFirst(left: SpendLine, right: SpendLine): number {
  const difference = right.settledMicro + right.reservedMicro - left.settledMicro - left.reservedMicro;
  return difference || (left.label < right.label ? -1 : 1);
}

/** Two people of one name are told apart by the end of their id. */
function distinctNames(
  rows: readonly CountedRow[],
  nameOf: (ownerId: string) => string,
): ReadonlyMap<string, string> {
  const ids = [...new Set(rows.map(({ ownerId }) => ownerId))];
  const names = ids.map(nameOf);
  return new Map(
    ids.map((id, index) => {
      const name = names[index] ?? id;
      const isShared = names.indexOf(name) !== names.lastIndexOf(name);
      return [id, isShared ? `${name} (${id.slice(-4)})` : name];
    }),
  );
}

function countClips(rows: readonly SpendRow[]): number {
  return rows.reduce((count, { clipCount }) => count + clipCount, 0);
}

/** `Sat, Nov 21`; the day is a calendar day already, whatever zone it was counted in. */
function dayLabel(day: string): string {
  const format = { timeZone: "UTC", weekday: "short", month: "short", day: "numeric" } as const;
  return new Intl.DateTimeFormat("en", format).format(new Date(`${day}T00:00:00Z`));
}
