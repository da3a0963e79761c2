import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const START_TIMEOUT_MS = 60_000;
const GONE_TIMEOUT_MS = 10_000;

type Environment = Record<string, string>;

export type Studio = {
  /** Stays the same over a restart, so that an open page finds its server again. */
  url: string;
  dataDir: string;
  /** All that the server has printed, over its restarts. */
  output: () => string;
  /** Answers when the server and every process it started are gone; throws when one of them stays. */
  kill: (signal: NodeJS.Signals) => Promise<number | null>;
  /** Starts it again over the same data, under the same address. */
  restart: (env?: Environment) => Promise<void>;
  /** Ends it if it still runs, and removes its data. */
  remove: () => Promise<void>;
};

/** The built server as a person starts it, on a free port and over a data folder of its own. */
export async function startStudio({ env = {} }: { env?: Environment } = {}): Promise<Studio> {
  const dataDir = await mkdtemp(join(tmpdir(), "firstframe-studio-"));
  let printed = "";
  let running = await start({ PORT: "0", ...env });
  const port = new URL(running.url).port;

  async function start(settings: Environment): Promise<Running> {
    return waitForAddress(spawnStudio({ DATA_DIR: dataDir, ...settings }), (chunk) => {
      printed += chunk;
    });
  }

  return {
    url: running.url,
    dataDir,
    output: () => printed,
    kill: (signal) => killWhole(running.child, signal),
    restart: async (more = {}) => {
      running = await start({ ...env, ...more, PORT: port });
    },
    remove: async () => {
      if (running.child.exitCode === null && running.child.signalCode === null)
        await killWhole(running.child, "SIGKILL");
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export type FailedStart = { code: number | null; output: string };

/** A start that must not come up: how it ended, and in which words. */
export async function failToStart(env: Environment): Promise<FailedStart> {
  const child = spawnStudio({ PORT: "0", ...env });
  let output = "";
  const listen = (chunk: string) => {
    output += chunk;
  };
  try {
    await waitForAddress(child, listen);
  } catch {
    return { code: child.exitCode, output };
  }
  await killWhole(child, "SIGKILL");
  throw new Error(`The server came up:\n${output}`);
}

/** Every setting is given, if only as empty: neither this shell nor the developer's .env may reach a test. */
function spawnStudio(env: Environment): ChildProcess {
  const { PATH = "", HOME = "", TMPDIR = tmpdir() } = process.env;
  const blank = Object.fromEntries(settingNames().map((name) => [name, ""]));
  return spawn(process.execPath, ["--import", "tsx", "lib/entry/start.ts"], {
    cwd: root,
    env: { NODE_ENV: "production", PATH, HOME, TMPDIR, ...blank, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function settingNames(): string[] {
  const example = readFileSync(join(root, ".env.example"), "utf8");
  return [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1] ?? "");
}

type Running = { child: ChildProcess; url: string };

function waitForAddress(child: ChildProcess, onPrinted: (chunk: string) => void): Promise<Running> {
  return new Promise((done, fail) => {
    let printed = "";
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      fail(new Error(`The server printed no address:\n${printed}`));
    }, START_TIMEOUT_MS);
    const read = (chunk: Buffer) => {
      printed += chunk;
      onPrinted(chunk.toString());
      const url = /(?:is at|listening on) (http:\/\/[^\s)]+)\)?$/m.exec(printed)?.[1];
      if (!url) return;
      clearTimeout(timer);
      done({ child, url });
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", fail);
    child.once("close", () => {
      clearTimeout(timer);
      fail(new Error(`The server ended before it listened:\n${printed}`));
    });
  });
}

async function killWhole(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (!child.pid) throw new Error("The server was never started.");
  const family = descendantsOf(child.pid);
  const ended = new Promise((done) => child.once("exit", done));
  child.kill(signal);
  await ended;
  await waitUntilGone(family);
  return child.exitCode;
}

async function waitUntilGone(pids: number[]): Promise<void> {
  const deadline = performance.now() + GONE_TIMEOUT_MS;
  while (pids.some(isAlive)) {
    if (performance.now() > deadline) {
      const left = pids.filter(isAlive);
      for (const pid of left) process.kill(pid, "SIGKILL");
      throw new Error(`The server is gone and left processes behind: ${left.join(", ")}`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}

function descendantsOf(pid: number): number[] {
  const pairs = parentsOfAll();
  const childrenOf = (parent: number): number[] =>
    pairs.flatMap(([child = 0, owner]) => (owner === parent ? [child, ...childrenOf(child)] : []));
  return childrenOf(pid);
}

/** Every process with its parent. Small Linux images have no `ps`, and macOS no /proc. */
function parentsOfAll(): number[][] {
  if (!existsSync("/proc/self/stat")) {
    const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
    return rows.map((row) => row.trim().split(/\s+/).map(Number));
  }
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // The name in brackets may hold anything; the parent is the second word after it.
        const [, , parent] =
          readFileSync(`/proc/${name}/stat`, "utf8")
            .split(/\)\s/)
            .at(-1)
            ?.match(/^(\S) (\d+)/) ?? [];
        return [[Number(name), Number(parent)]];
      } catch {
        return [];
      }
    });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
