/** How one run's end was learnt of: how late, and after how many requests. The weight is 1 but for mixed schedules. */
export type Finding = { delayMs: number; requests: number; weight: number };

/** When to look at a task next that was running after `elapsedMs`; null before the first look. */
export type NextLook = (elapsedMs: number | null) => number;

/** Looks at a task that ends after `runMs` until it is found to have ended. */
export function lookFor(runMs: number, nextLook: NextLook): Finding {
  let atMs: number | null = null;
  for (let requests = 1; ; requests += 1) {
    atMs = nextLook(atMs);
    if (atMs >= runMs) return { delayMs: atMs - runMs, requests, weight: 1 };
  }
}

/** As fixed as the vendor advises: every so often from the start. */
export function everyMs(intervalMs: number): NextLook {
  return (elapsedMs) => (elapsedMs ?? 0) + intervalMs;
}

const SDK_FIRST_MS = [0, 1, 2, 4, 6, 8, 12, 16, 20].map((seconds) => seconds * 1000);

/** What `wait` of the vendor's Python SDK 1.26.2 does, seen by running it: it starts at once and ends at every 5 s. */
export const sdkSchedule: NextLook = (elapsedMs) =>
  SDK_FIRST_MS.find((atMs) => elapsedMs === null || atMs > elapsedMs) ?? (elapsedMs ?? 0) + 5_000;

export type Summary = { meanMs: number; medianMs: number; p95Ms: number; requests: number };

export function summarise(findings: readonly Finding[]): Summary {
  const total = findings.reduce((sum, { weight }) => sum + weight, 0);
  const sorted = findings.toSorted((left, right) => left.delayMs - right.delayMs);
  const atShare = (share: number) => {
    let seen = 0;
    for (const { delayMs, weight } of sorted) {
      seen += weight;
      if (seen >= share * total) return delayMs;
    }
    return sorted.at(-1)?.delayMs ?? 0;
  };
  const mean = (value: (finding: Finding) => number) =>
    findings.reduce((sum, finding) => sum + finding.weight * value(finding), 0) / total;
  return {
    meanMs: mean(({ delayMs }) => delayMs),
    medianMs: atShare(0.5),
    p95Ms: atShare(0.95),
    requests: mean(({ requests }) => requests),
  };
}
