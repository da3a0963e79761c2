import { type ChildProcess, spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { startCeph } from "./start-ceph";
import { startPostgres } from "./start-postgres";

/**
 * Starts a real PostgreSQL and a real S3 server, or takes those that the TEST_… variables name, runs the command that
 * is given with them, and stops what it started, whatever happens.
 */
const root = resolve(import.meta.dirname, "../..");
const stops: (() => Promise<void>)[] = [];
let tests: ChildProcess | null = null;
let isInterrupted = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    isInterrupted = true;
    tests?.kill("SIGTERM");
  });
}

try {
  const env = { ...process.env, ...(await postgresVariables()), ...(await s3Variables()) };
  if (!isInterrupted) process.exitCode = await runTests(env);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  for (const stop of stops.toReversed()) await stop();
}
process.exit();

async function postgresVariables(): Promise<Record<string, string>> {
  if (process.env.TEST_DATABASE_URL) return {};
  const server = await startPostgres();
  stops.push(server.stop);
  return { TEST_DATABASE_URL: server.url };
}

async function s3Variables(): Promise<Record<string, string>> {
  if (process.env.TEST_S3_ENDPOINT) return {};
  const server = await startCeph();
  stops.push(server.stop);
  return {
    TEST_S3_ENDPOINT: server.endpoint,
    TEST_S3_ACCESS_KEY_ID: server.accessKeyId,
    TEST_S3_SECRET_ACCESS_KEY: server.secretAccessKey,
  };
}

function runTests(env: NodeJS.ProcessEnv): Promise<number> {
  const vitest = join(root, "node_modules", ".bin", "vitest");
  const args = ["run", "--config", "tests/support/scale.config.ts", ...process.argv.slice(2)];
  return new Promise((done, fail) => {
    tests = spawn(vitest, args, { cwd: root, env, stdio: "inherit" });
    tests.once("error", fail);
    tests.once("close", (code) => done(code ?? 1));
  });
}
