import type { Finding } from "./look-findings";

const ROUNDS = 36;

/**
 * The least mean delay that any schedule reaches on exactly these runs with this mean number of requests, found with
 * hindsight: looks only where a run ended, chosen by dynamic programming at a price per request; the price is moved
 * until the two schedules beside it enclose the number, and the runs are shared out between the two so that it is
 * met. No other way to choose the looks before a task starts is better, chance included.
 */
export function findOptimum(runsMs: readonly number[], requests: number): Finding[] {
  const ends = Float64Array.from(runsMs).sort();
  let cheap = 0;
  let dear = 1e9;
  let many = findingsOf(ends, lookAtEnds(ends, cheap));
  let few = findingsOf(ends, lookAtEnds(ends, dear));
  for (let round = 0; round < ROUNDS; round += 1) {
    const price = round === 0 ? 1000 : Math.sqrt(Math.max(cheap, 1e-3) * dear);
    const tried = findingsOf(ends, lookAtEnds(ends, price));
    if (meanRequests(tried) <= requests) [dear, few] = [price, tried];
    else [cheap, many] = [price, tried];
  }
  const [atLeast, atMost] = [meanRequests(few), meanRequests(many)];
  const share = atMost > atLeast ? Math.min(1, Math.max(0, (requests - atLeast) / (atMost - atLeast))) : 0;
  return [
    ...few.map((finding) => ({ ...finding, weight: 1 - share })),
    ...many.map((finding) => ({ ...finding, weight: share })),
  ];
}

/** The indexes of the ends to look at, the last always among them. */
function lookAtEnds(ends: Float64Array, price: number): number[] {
  const count = ends.length;
  const sumTo = new Float64Array(count + 1);
  for (let index = 0; index < count; index += 1) sumTo[index + 1] = (sumTo[index] ?? 0) + (ends[index] ?? 0);
  // cost[i]: of all that is left when the runs before the i-th were found, in ms over all runs.
  const cost = new Float64Array(count + 1);
  const look = new Int32Array(count);
  const costBy = (from: number, at: number) =>
    (ends[at] ?? 0) * (at + 1 - from) - ((sumTo[at + 1] ?? 0) - (sumTo[from] ?? 0)) + (cost[at + 1] ?? 0);

  // An earlier `from` never wants a later look (the delays obey the quadrangle inequality), so the candidates are kept
  // as stretches: each is best for the runs up to `upTo`, down to where the next one takes over.
  const stretches: { at: number; upTo: number }[] = [];
  let first = 0;
  for (let from = count - 1; from >= 0; from -= 1) {
    let upTo = from;
    while (stretches.length > first) {
      const last = stretches[stretches.length - 1] as { at: number; upTo: number };
      const end = Math.min(last.upTo, from);
      if (costBy(end, from) <= costBy(end, last.at)) {
        stretches.pop();
        upTo = end;
        continue;
      }
      let [better, worse] = [-1, end];
      while (worse - better > 1) {
        const middle = (better + worse) >> 1;
        if (costBy(middle, from) <= costBy(middle, last.at)) better = middle;
        else worse = middle;
      }
      upTo = better;
      break;
    }
    if (upTo >= 0) stretches.push({ at: from, upTo: stretches.length > first ? upTo : from });
    while (first + 1 < stretches.length && (stretches[first + 1]?.upTo ?? -1) >= from) first += 1;
    const at = stretches[first]?.at ?? from;
    look[from] = at;
    cost[from] = costBy(from, at) + price * (count - from);
  }
  const looks: number[] = [];
  for (let from = 0; from < count; from = (looks.at(-1) ?? 0) + 1) looks.push(look[from] ?? 0);
  return looks;
}

function findingsOf(ends: Float64Array, looks: readonly number[]): Finding[] {
  const findings: Finding[] = [];
  for (const [index, look] of looks.entries()) {
    while (findings.length <= look) {
      const delayMs = (ends[look] ?? 0) - (ends[findings.length] ?? 0);
      findings.push({ delayMs, requests: index + 1, weight: 1 });
    }
  }
  return findings;
}

function meanRequests(findings: readonly Finding[]): number {
  return findings.reduce((sum, { requests }) => sum + requests, 0) / findings.length;
}
