import { appendFileSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import buildOnce from "../support/build-once";
import { startCeph } from "../support/start-ceph";
import { removeAll } from "./installation";
import type { LifeReport } from "./life";
import { playLives } from "./play-lives";
import { reportTable } from "./report-table";

/**
 * `npm run test:chaos -- [first seed] [how many]` kills real processes; one seed alone is `-- 37 1`. With `--scale` a
 * worker and a PostgreSQL are among them.
 */
const isScaled = process.argv.includes("--scale");
const [first = "1", count = "200"] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const seeds = Array.from({ length: Number(count) }, (_, index) => Number(first) + index);
const lanes = Math.min(seeds.length, isScaled ? 2 : 4);
const logs = resolve(import.meta.dirname, "../../test-results/chaos");

buildOnce();
// Nothing that ends last keeps a process alive by itself.
const awake = setInterval(() => {}, 2 ** 30);
const ceph = isScaled ? await startCeph() : null;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => void end().finally(() => process.exit(130)));
}
const startedAt = performance.now();
try {
  const s3 = ceph && { endpoint: ceph.endpoint, region: "us-east-1", credentials: ceph };
  const reports = await playLives(seeds, { lanes, s3, onLife: tell });
  console.log(`\n${reportTable(reports)}\n\n${minutes()}`);
  if (reports.some(({ breaches }) => breaches.length > 0)) process.exitCode = 1;
} finally {
  await end();
  clearInterval(awake);
}

function tell(report: LifeReport, life: readonly number[]): void {
  const { clips, kills, breaches, output } = report;
  console.log(`${minutes()}: seeds ${life[0]} to ${life.at(-1)}, ${clips} clips, ${kills.length} kills`);
  for (const { seed, kind, words } of breaches) console.error(`seed ${seed}, ${kind}: ${words}`);
  if (breaches.length === 0) return;
  mkdirSync(logs, { recursive: true });
  appendFileSync(resolve(logs, `seeds-${life[0]}.log`), output);
}

async function end(): Promise<void> {
  await removeAll();
  await ceph?.stop();
}

function minutes(): string {
  return `${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes`;
}
