import { createLookPlanner, JUST_ACCEPTED, type LookPlanner } from "@/lib/domain/looking/look-planner";
import type { RunKind } from "@/lib/domain/looking/observed-run";
import { everyMs, type Finding, lookFor, type Summary, sdkSchedule, summarise } from "./look-findings";
import { findOptimum } from "./look-optimum";
import { type BenchRun, type LookScenario, type LookStage, lookScenarios } from "./look-scenarios";
import { createRandom } from "./random";

const INTERVAL_MS = 15_000;
const RATIO_MAX = 1.15;
const KIND: RunKind = { connectionId: "bench", modelId: "bench", resolution: "720P", durationSeconds: 5 };

const EXPLANATION = `
When to ask the vendor how a task is: delay from its end to our knowing of it (s) and requests per task, over the same
run times. Each line replays 40 seeded series (10 where it learns on); in each the schedule has seen nothing but the runs before the ones it
is measured on. "after 50": learnt from 50 runs, then held still over the next 500, which gives 20,000 measured runs a
line. "first 50 after": the 50 runs right after the vendor changed its pace at run 100, learning on; "50 after": from the
51st run of the new pace.

fixed    a look every 15 s, as the vendor advises
sdk      0, 1, 2, 4, 6, 8, 12, 16, 20 s, then every 5 s
optimum  the least mean delay any one schedule reaches on exactly the measured runs of the line at our mean number of
         requests: dynamic programming with hindsight over every moment at which one of them ended
held to  mean within ${RATIO_MAX} of the optimum, no more requests than fixed, p95 no worse than fixed
`;

/** Prints the table; sets the exit code where a line that is held to something misses it. */
export function benchLooks(print: (line: string) => void): void {
  print(EXPLANATION.trim());
  print("");
  print(
    "| scenario | measured | ours: mean, median, p95, requests | optimum | fixed 15 s | sdk | mean / optimum | |",
  );
  print("| --- | --- | --- | --- | --- | --- | --- | --- |");
  let missed = 0;
  const planMs: number[] = [];
  for (const scenario of lookScenarios) {
    for (const stage of scenario.stages) {
      const { runs, ours } = replay(scenario, stage, planMs);
      const endsMs = runs.map(({ endMs }) => endMs);
      const our = summarise(ours);
      const fixed = summarise(endsMs.map((endMs) => lookFor(endMs, everyMs(INTERVAL_MS))));
      const sdk = summarise(endsMs.map((endMs) => lookFor(endMs, sdkSchedule)));
      const optimum = summarise(findOptimum(endsMs, our.requests));
      const ratio = our.meanMs / optimum.meanMs;
      const misses = [
        ratio > RATIO_MAX && "mean",
        our.requests > fixed.requests && "requests",
        our.p95Ms > fixed.p95Ms && "p95",
      ].filter((miss) => miss !== false);
      if (stage.isHeld && misses.length > 0) missed += 1;
      const verdict =
        misses.length === 0 ? "met" : `${stage.isHeld ? "MISSED" : "not met"}: ${misses.join(", ")}`;
      const cells = [our, optimum, fixed, sdk].map(formatSummary);
      print(`| ${[scenario.name, stage.name, ...cells, ratio.toFixed(2), verdict].join(" | ")} |`);
    }
  }
  planMs.sort((left, right) => left - right);
  const at = (share: number) => (planMs[Math.floor(share * planMs.length)] ?? 0).toFixed(0);
  print(
    `\nOne plan, made when a run was added: median ${at(0.5)} ms, p95 ${at(0.95)} ms (this machine, this run).`,
  );
  if (missed > 0) process.exitCode = 1;
}

function replay(scenario: LookScenario, stage: LookStage, planMs: number[]) {
  const runs: BenchRun[] = [];
  const ours: Finding[] = [];
  for (let seed = 1; seed <= stage.series; seed += 1) {
    const random = createRandom(seed);
    const series = Array.from({ length: stage.until }, (_, index) => scenario.run(random, index));
    const planner = createLookPlanner(INTERVAL_MS);
    for (const run of series.slice(0, stage.from)) observe(planner, run);
    for (const [index, run] of series.slice(stage.from).entries()) {
      const startedAt = performance.now();
      planner.nextLookMs(KIND, JUST_ACCEPTED);
      if (index === 0) planMs.push(performance.now() - startedAt);
      runs.push(run);
      ours.push(lookFor(run.endMs, (elapsedMs) => nextLookMs(planner, run, elapsedMs)));
      if (stage.isLearning) observe(planner, run);
    }
  }
  return { runs, ours };
}

function observe(planner: LookPlanner, { endMs, queueMs }: BenchRun): void {
  planner.record(KIND, { earliestMs: endMs, latestMs: endMs, queueMs });
}

function nextLookMs(planner: LookPlanner, { queueMs }: BenchRun, elapsedMs: number | null): number {
  if (elapsedMs === null || queueMs === null) {
    return planner.nextLookMs(KIND, { ...JUST_ACCEPTED, elapsedMs: elapsedMs ?? 0 });
  }
  const isQueued = elapsedMs < queueMs;
  return planner.nextLookMs(KIND, { elapsedMs, isQueued, queueMs: isQueued ? null : queueMs });
}

function formatSummary({ meanMs, medianMs, p95Ms, requests }: Summary): string {
  const seconds = [meanMs, medianMs, p95Ms].map((ms) => (ms / 1000).toFixed(2));
  return [...seconds, requests.toFixed(1)].join(", ");
}
