import type { GenerationView } from "@/lib/domain/generation";
import { type GenerationLook, lookOf } from "@/lib/domain/generation-status";
import { formatMoney, type Money } from "@/lib/domain/money";
import { readRemoteWord } from "@/lib/domain/remote-word";

const STANDINGS = ["rendering", "waiting", "failed", "unclear", "taken back"] as const;
type Standing = (typeof STANDINGS)[number];

export type Day = {
  /** YYYY-MM-DD in the reader's time zone. */
  key: string;
  label: string;
  generations: GenerationView[];
  clipCount: number;
  /** How many have no clip, or none yet, by how they stand; what there is none of is left out. */
  others: Partial<Record<Standing, number>>;
  /** What the day's clips cost, as billed or else as estimated, one sum a currency; demo clips cost nothing. */
  spend: Money[];
};

/** Days with their clips, in the order given. */
export function groupByDay(
  generations: readonly GenerationView[],
  { now, timeZone }: { now: number; timeZone: string },
): Day[] {
  const keyOf = dayKey(timeZone);
  const byDay = groupBy(generations, ({ createdAt }) => keyOf(createdAt));
  return [...byDay].map(([key, members]) => ({
    key,
    label: dayLabel(members[0]?.createdAt ?? now, { now, timeZone }),
    generations: members,
    clipCount: members.filter(({ clip }) => clip).length,
    others: countStandings(members),
    spend: spendOf(members),
  }));
}

/** `3 clips · $1.50 · ¥0.60 · 5 rendering · 4 waiting`. */
export function dayWords({ clipCount, spend, others }: Pick<Day, "clipCount" | "spend" | "others">): string {
  const clips = clipCount === 0 ? [] : [`${clipCount} ${clipCount === 1 ? "clip" : "clips"}`];
  const amounts = spend.map((money) => formatMoney(money));
  const rest = STANDINGS.flatMap((standing) => (others[standing] ? [`${others[standing]} ${standing}`] : []));
  return [...clips, ...amounts, ...rest].join(" · ");
}

function countStandings(generations: readonly GenerationView[]): Day["others"] {
  const counts: Day["others"] = {};
  for (const view of generations) {
    const standing = STANDING[lookOf(view)](view);
    if (standing) counts[standing] = (counts[standing] ?? 0) + 1;
  }
  return counts;
}

const STANDING: Record<GenerationLook, (view: GenerationView) => Standing | null> = {
  clip: () => null,
  "in-flight": ({ state, remoteWord }) =>
    state === "saving" || (state === "running" && readRemoteWord(remoteWord) === "rendering")
      ? "rendering"
      : "waiting",
  undecided: () => "unclear",
  failure: () => "failed",
  withdrawn: () => "taken back",
};

function dayKey(timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  return (at) => format.format(at);
}

function dayLabel(at: number, { now, timeZone }: { now: number; timeZone: string }): string {
  const keyOf = dayKey(timeZone);
  const daysAgo = (Date.parse(keyOf(now)) - Date.parse(keyOf(at))) / 86_400_000;
  if (daysAgo === 0) return "Today";
  if (daysAgo === 1) return "Yesterday";
  const isThisYear = keyOf(at).slice(0, 4) === keyOf(now).slice(0, 4);
  return new Intl.DateTimeFormat("en", {
    timeZone,
    weekday: "long",
    month: "long",
    day: "numeric",
    ...(isThisYear ? {} : { year: "numeric" }),
  }).format(at);
}

function spendOf(generations: readonly GenerationView[]): Money[] {
  const prices = generations.flatMap(({ clip, price, cost, connection }) => {
    const amount = cost ?? price;
    return clip && amount && !connection.isDemo ? [amount] : [];
  });
  return [...groupBy(prices, ({ currency }) => currency)].map(([currency, members]) => ({
    currency,
    amountMicro: members.reduce((total, { amountMicro }) => total + amountMicro, 0),
  }));
}

// Map.groupBy is not in Node 20.
function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
