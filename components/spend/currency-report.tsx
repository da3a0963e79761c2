import { type Currency, decimalsOf, formatMoney } from "@/lib/domain/money";
import { SPEND_WORDS } from "@/lib/domain/spend";
import type { CurrencySpend } from "@/lib/domain/spend-report";
import { SpendTable } from "./spend-table";

const CURRENCY_WORDS: Record<Currency, string> = { USD: "US dollars", CNY: "Chinese yuan" };

/** All that was spent in one currency in a month. */
export function CurrencyReport({
  spent,
  isAlone,
  hasPeople,
}: {
  spent: CurrencySpend;
  /** The only currency of the month needs no heading. */
  isAlone: boolean;
  hasPeople: boolean;
}) {
  const { currency, settledMicro, reservedMicro, clipCount } = spent;
  const decimals = decimalsOf([settledMicro, reservedMicro]);
  const money = (amountMicro: number) => formatMoney({ amountMicro, currency }, decimals);
  return (
    <section
      aria-label={CURRENCY_WORDS[currency]}
      className="mt-4 space-y-6 rounded-card border border-line bg-panel p-4"
    >
      {!isAlone && <h3 className="text-muted">{CURRENCY_WORDS[currency]}</h3>}
      <dl className="flex flex-wrap gap-x-8 gap-y-3 tabular-nums">
        <Figure term={SPEND_WORDS.settled}>{money(settledMicro)}</Figure>
        <Figure term={SPEND_WORDS.reserved}>{money(reservedMicro)}</Figure>
        <Figure term="Clips">{clipCount.toLocaleString("en")}</Figure>
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
