import type { ObservedRun } from "./observed-run";
import { fitOf, toPoint } from "./smooth-runs";

/** So much more likely must the latest runs be by themselves than as more of the same, in natural logarithms. */
const EVIDENCE_MIN = 8;
const NEWEST_MIN = 4;

/**
 * The runs since the vendor last changed its pace: the newest part, where the two parts are much better told apart
 * than as one. Each run is judged in the light of the others, so a split that the data do not ask for only loses.
 * Oldest first.
 */
export function latestRegime(runs: readonly ObservedRun[]): readonly ObservedRun[] {
  const points = runs.map(toPoint);
  const asOne = fitOf(points);
  let best = { evidence: EVIDENCE_MIN, from: 0 };
  for (let length = NEWEST_MIN; runs.length - length >= NEWEST_MIN; length += Math.ceil(length / 5)) {
    const from = runs.length - length;
    const evidence = fitOf(points.slice(0, from)) + fitOf(points.slice(from)) - asOne;
    if (evidence > best.evidence) best = { evidence, from };
  }
  return runs.slice(best.from);
}
