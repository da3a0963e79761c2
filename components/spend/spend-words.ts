import type { SpendReport } from "@/lib/domain/spend-report";

function clipWords(count: number): string {
  return `${count} ${count === 1 ? "clip" : "clips"}`;
}

/** For a month without spend: why there is none. */
export function nothingSpentWords(report: SpendReport, monthLabel: string): string {
  const nothing = `Nothing was spent in ${monthLabel}`;
  if (report.demoCount > 0 && report.unpricedCount + report.releasedCount === 0) {
    const made = report.demoCount === 1 ? "the one clip was" : `all ${report.demoCount} clips were`;
    return `${nothing}: ${made} made in demo mode, which is never charged and never counted.`;
  }
  return [`${nothing}.`, ...uncountedWords(report)].join(" ");
}

/** What a month has beside the sums, a sentence each. */
export function uncountedWords({ releasedCount, unpricedCount, demoCount }: SpendReport): string[] {
  const sentences: [number, string][] = [
    [releasedCount, "ended without a charge."],
    [
      unpricedCount,
      "at a price that is not known here; only the vendor’s bill tells. Whoever runs this studio can enter the price (PRICES).",
    ],
    [demoCount, "in demo mode, never charged and never counted."],
  ];
  return sentences.flatMap(([count, words]) => (count > 0 ? [`${clipWords(count)} ${words}`] : []));
}
