"use client";

import { useNow } from "@/components/ui/now";
import { formatAgo } from "@/lib/domain/clock-time";
import type { ConnectionCheck, ConnectionReport } from "@/lib/domain/connection";

const SUBJECTS: Record<ConnectionCheck["subject"], string> = {
  key: "Key",
  region: "Region",
  models: "Models",
  upload: "Files",
  links: "Links",
};

const VERDICTS: Record<ConnectionCheck["verdict"], { word: string; className: string }> = {
  good: { word: "Good", className: "border-good-line bg-good text-good-ink" },
  bad: { word: "Wrong", className: "border-bad-line bg-bad text-bad-ink" },
  unknown: { word: "Cannot tell", className: "border-line bg-raised text-muted" },
};

/** What a test looked at and found, in words. */
export function ConnectionChecks({ report }: { report: ConnectionReport }) {
  const now = useNow(10_000);
  return (
    <>
      <dl className="mt-4 space-y-2.5 border-line border-t pt-4 text-small">
        {report.checks.map(({ subject, verdict, message }) => (
          <div
            key={`${subject} ${message}`}
            className="grid grid-cols-[88px_minmax(0,1fr)] items-baseline gap-x-3 gap-y-1 sm:grid-cols-[64px_96px_minmax(0,1fr)]"
          >
            <dt className="text-muted">{SUBJECTS[subject]}</dt>
            <dd>
              <span
                className={`inline-block rounded-full border px-2 py-0.5 text-caption ${VERDICTS[verdict].className}`}
              >
                {VERDICTS[verdict].word}
              </span>
            </dd>
            <dd className="break-words max-sm:col-span-2">{message}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-caption text-muted tabular-nums">
        Tested {formatAgo((now - report.checkedAt) / 1000)} · nothing was spent
      </p>
    </>
  );
}
