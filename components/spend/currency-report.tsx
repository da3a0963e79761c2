import { type Currency, formatMoney } from "@/lib/domain/money";
import type { CurrencySpend } from "@/lib/domain/spend-report";
import { SpendTable } from "./spend-table";
import { clipWords } from "./spend-words";

const CURRENCY_WORDS: Record<Currency, string> = { USD: "US dollars", CNY: "Chinese yuan" };

/** All that was spent in one currency in a month. */
export function CurrencyReport({ spent, hasPeople }: { spent: CurrencySpend; hasPeople: boolean }) {
  const { currency, settledMicro, reservedMicro, clipCount } = spent;
  return (
    <section
      aria-label={CURRENCY_WORDS[currency]}
      className="mt-4 space-y-6 rounded-card border border-line bg-panel p-4"
    >
      <dl className="flex flex-wrap gap-x-8 gap-y-3 tabular-nums">
        <Figure term="Charged">{formatMoney({ amountMicro: settledMicro, currency })}</Figure>
        <Figure term="Held">{formatMoney({ amountMicro: reservedMicro, currency })}</Figure>
        <Figure term={CURRENCY_WORDS[currency]}>{clipWords(clipCount)}</Figure>
      </dl>
      <SpendTable title="By day" heading="Day" lines={spent.days} currency={currency} />
      <SpendTable title="By model" heading="Model" lines={spent.models} currency={currency} />
      {hasPeople && (
        <SpendTable title="By person" heading="Person" lines={spent.people} currency={currency} />
      )}
    </section>
  );
}

function Figure({ term, children }: { term: string; children: string }) {
  return (
    <div>
      <dt className="text-muted text-small">{term}</dt>
      <dd className="font-semibold text-title">{children}</dd>
    </div>
  );
}
