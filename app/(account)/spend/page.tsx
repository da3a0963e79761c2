import type { Metadata } from "next";
import Link from "next/link";
import { CapList } from "@/components/spend/cap-list";
import { CurrencyReport } from "@/components/spend/currency-report";
import { MonthChoice } from "@/components/spend/month-choice";
import { nothingSpentWords, uncountedWords } from "@/components/spend/spend-words";
import { buttonClass } from "@/components/ui/button";
import { monthLabel } from "@/lib/domain/calendar-month";
import { paths } from "@/lib/paths";
import { loadSpend } from "./load-spend";

export const metadata: Metadata = { title: "Spend", robots: { index: false } };

type Props = { searchParams: Promise<{ month?: string | string[] }> };

export default async function SpendPage({ searchParams }: Props) {
  const spend = await loadSpend((await searchParams).month);
  const { month, thisMonth, report, caps, isOfEveryone, isLocal, timeZone } = spend;
  const isEmpty = report.currencies.length === 0;
  // Whoever is alone here needs no table with one line.
  const hasPeople = isOfEveryone && (!isLocal || report.currencies.some(({ people }) => people.length > 1));
  return (
    <main className="mx-auto max-w-3xl px-4 pt-3 pb-16">
      <Link href={paths.studio()} className={`${buttonClass("quiet")} -ml-3`}>
        Back to the studio
      </Link>
      <h1 className="mt-6 font-semibold text-display">Spend</h1>
      <p className="mt-2 max-w-xl text-lead text-muted">
        What {hasPeople ? "everybody’s" : "your"} clips cost, by the day they were ordered. Days begin at
        midnight, {timeZone} time.
      </p>
      {caps.length > 0 && <CapList caps={caps} />}
      <MonthChoice month={month} thisMonth={thisMonth} />
      {isEmpty ? (
        <p className="mt-4 rounded-card border border-line bg-panel p-4">
          {nothingSpentWords(report, monthLabel(month))}
        </p>
      ) : (
        <>
          {report.currencies.map((spent) => (
            <CurrencyReport
              key={spent.currency}
              spent={spent}
              isAlone={report.currencies.length === 1}
              hasPeople={hasPeople}
            />
          ))}
          <div className="mt-6 flex flex-wrap items-start justify-between gap-4">
            <div className="max-w-xl space-y-2 text-muted text-small">
              <p>
                Charged is what the vendor billed, or our estimate where the bill cannot be read. Held is what
                clips on their way may still cost, and those that ended without anybody knowing. It is given
                back when it is sure that one cost nothing.
              </p>
              {uncountedWords(report).map((words) => (
                <p key={words}>{words}</p>
              ))}
            </div>
            <a href={paths.spendFile(month)} download className={buttonClass()}>
              Download as CSV
            </a>
          </div>
        </>
      )}
    </main>
  );
}
