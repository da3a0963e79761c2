import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { findChromium } from "./find-chromium";

/**
 * `npm test`: every check, in the order that fails fastest, up to the first that fails. `--fast` leaves out what needs a
 * build, `--scale` is for what needs a PostgreSQL and an S3 server, `--everything` for both and for what takes long. CI reads the last line.
 */
type Count = { passed: number; failed: number };
type Step = { name: string; command: string[]; count?: () => Count; env?: () => Record<string, string> };

const root = resolve(import.meta.dirname, "../..");
const reports = join(root, "test-results");
const vitestReport = join(reports, "vitest.json");
const playwrightReport = join(reports, "playwright.json");
const bin = (name: string) => join(root, "node_modules", ".bin", name);
const scaleReport = join(reports, "scale.json");
const chaosReport = join(reports, "chaos.json");
const vitest = (...projects: string[]) => [
  bin("vitest"),
  ...["run", "--config", "tests/support/vitest.config.ts", "--reporter=dot", "--reporter=json"],
  `--outputFile.json=${vitestReport}`,
  ...projects.flatMap((project) => ["--project", project]),
];

const format: Step = {
  name: "format and lint",
  command: [bin("biome"), "check", "--error-on-warnings", "."],
};
// Pages take their props' types from what Next derives out of the routes.
const routes: Step = { name: "route types", command: [bin("next"), "typegen"] };
const types: Step = { name: "types", command: [bin("tsc"), "--noEmit"] };

const fast: Step[] = [
  format,
  routes,
  types,
  { name: "unit tests", command: vitest("unit", "components"), count: () => countVitest(vitestReport) },
];

const all: Step[] = [
  format,
  routes,
  types,
  { name: "dead code", command: [bin("knip"), "--config", "tests/support/knip.json"] },
  { name: "unit and contract tests", command: vitest(), count: () => countVitest(vitestReport) },
  { name: "build", command: [process.execPath, "--import", "tsx", "lib/entry/start.ts", "--build-only"] },
  {
    name: "real kills",
    command: [
      ...[bin("vitest"), "run", "--config", "tests/support/chaos.config.ts"],
      ...["--reporter=dot", "--reporter=json", `--outputFile.json=${chaosReport}`],
    ],
    count: () => countVitest(chaosReport),
  },
  {
    name: "browser stories",
    command: [bin("playwright"), "test", "--config", "tests/support/playwright.config.ts"],
    count: countPlaywright,
    env: () => ({ PLAYWRIGHT_CHROMIUM: findChromium(console.log) }),
  },
];

const scale: Step[] = [
  {
    name: "on PostgreSQL and S3",
    command: [
      ...[process.execPath, "--import", "tsx", "tests/support/run-scale.ts"],
      ...["--reporter=dot", "--reporter=json", `--outputFile.json=${scaleReport}`],
    ],
    count: () => countVitest(scaleReport),
  },
];

const manySchedules: Step = {
  name: "a thousand simulated schedules, with those of the unit tests",
  command: [
    ...[process.execPath, "--import", "tsx", "--conditions=react-server"],
    ...["tests/simulation/simulate.ts", "151", "850"],
  ],
};

const build = all.filter(({ name }) => name === "build");
const { argv } = process;
const steps = argv.includes("--fast")
  ? fast
  : argv.includes("--scale")
    ? [...build, ...scale]
    : argv.includes("--everything")
      ? [...all, ...scale, manySchedules]
      : all;

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const total: Count = { passed: 0, failed: 0 };
for (const step of steps) {
  if (!(await runStep(step))) {
    // A step without tests of its own, or whose tests never ran, has failed all the same.
    total.failed = Math.max(total.failed, 1);
    process.exitCode = 1;
    break;
  }
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);

async function runStep(step: Step): Promise<boolean> {
  console.log(`\n── ${step.name}`);
  const startedAt = performance.now();
  const isGood = await succeeds(step);
  const count = step.count?.() ?? { passed: 0, failed: 0 };
  total.passed += count.passed;
  total.failed += count.failed;
  // A runner that found nothing to run has tested nothing.
  const isEmpty = step.count !== undefined && count.passed === 0;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const words = !isGood ? "failed" : isEmpty ? "ran no test" : "done";
  console.log(`── ${step.name}: ${words} in ${seconds} s`);
  return isGood && !isEmpty && count.failed === 0;
}

async function succeeds({ command: [program = "", ...args], env }: Step): Promise<boolean> {
  try {
    const child = spawn(program, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env?.() } });
    return await new Promise((done, fail) => {
      child.once("error", fail);
      child.once("close", (code) => done(code === 0));
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return false;
  }
}

function countVitest(file: string): Count {
  const report = readReport(file) as { numPassedTests: number; numFailedTests: number } | null;
  return { passed: report?.numPassedTests ?? 0, failed: report?.numFailedTests ?? 0 };
}

function countPlaywright(): Count {
  const report = readReport(playwrightReport) as { stats: { expected: number; unexpected: number } } | null;
  return { passed: report?.stats.expected ?? 0, failed: report?.stats.unexpected ?? 0 };
}

function readReport(path: string): unknown {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
}
