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
  /** The process that listens, or the npm that runs it; another after a restart. */
  pid: () => number;
  /** All that the server has printed, over its restarts. */
  output: () => string;
  /** Answers when the server and every process it started are gone; throws when one of them stays. */
  kill: (signal: NodeJS.Signals) => Promise<number | null>;
  /** Sends a signal and does not wait for what comes of it. */
  signal: (signal: NodeJS.Signals) => void;
  /** Answers as `kill` does, when somebody else has ended it. */
  gone: () => Promise<number | null>;
  /** Starts it again over the same data, under the same address. */
  restart: (env?: Environment) => Promise<void>;
  /** Ends it if it still runs, and removes its data. */
  remove: () => Promise<void>;
};

/** What is started, and the line that says that it is up, with its address where it has one. */
type Program = { script: string; entry: string; isUp: RegExp };

const SERVER: Program = {
  script: "start",
  entry: "lib/entry/start.ts",
  isUp: /(?:is at|listening on) (http:\/\/[^\s)]+)\)?$/m,
};
const WORKER: Program = {
  script: "worker",
  entry: "lib/entry/worker.ts",
  isUp: /^The worker is at work\.$/m,
};
const EMULATOR: Program = {
  script: "emulator",
  entry: "lib/entry/emulator.ts",
  isUp: /at (http:\/\/[^\s/]+)\/api\/v1/,
};

/** `byNpm`: as the README says, so that signals go to npm. */
type Start = { env?: Environment; byNpm?: boolean };

/** The built server as a person starts it, on a free port and over a data folder of its own. */
export const startStudio = (options?: Start): Promise<Studio> => startProgram(SERVER, options);

/** `npm run worker`, over a data folder of its own. It has no address. */
export const startWorkerProcess = (options?: Start): Promise<Studio> => startProgram(WORKER, options);

/** `npm run emulator`, to be killed and started again; where it keeps its tasks is EMULATOR_DATA_DIR's affair. */
export const startKillableEmulator = (options?: Start): Promise<Studio> => startProgram(EMULATOR, options);

async function startProgram(program: Program, { env = {}, byNpm = false }: Start = {}): Promise<Studio> {
  const dataDir = await mkdtemp(join(tmpdir(), "firstframe-studio-"));
  let printed = "";
  let running = await start({ PORT: "0", ...env });
  const port = running.url === "" ? "0" : new URL(running.url).port;

  async function start(settings: Environment): Promise<Running> {
    const child = spawnStudio({ DATA_DIR: dataDir, ...settings }, program, byNpm);
    return waitUntilUp(child, program.isUp, (chunk) => {
      printed += chunk;
    });
  }

  return {
    url: running.url,
    dataDir,
    pid: () => running.child.pid ?? 0,
    output: () => printed,
    kill: (signal) => killWhole(running.child, signal),
    signal: (signal) => void running.child.kill(signal),
    gone: () => wholeGone(running.child),
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
    await waitUntilUp(child, SERVER.isUp, listen);
  } catch {
    return { code: child.exitCode, output };
  }
  await killWhole(child, "SIGKILL");
  throw new Error(`The server came up:\n${output}`);
}

/** Every setting is given, if only as empty: neither this shell nor the developer's .env may reach a test. */
function spawnStudio(env: Environment, { script, entry } = SERVER, byNpm = false): ChildProcess {
  const { PATH = "", HOME = "", TMPDIR = tmpdir() } = process.env;
  const blank = Object.fromEntries(settingNames().map((name) => [name, ""]));
  const [program, args] = byNpm ? ["npm", ["run", script]] : [process.execPath, ["--import", "tsx", entry]];
  return spawn(program, args, {
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

function waitUntilUp(
  child: ChildProcess,
  isUp: RegExp,
  onPrinted: (chunk: string) => void,
): Promise<Running> {
  return new Promise((done, fail) => {
    let printed = "";
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      fail(new Error(`The program did not come up:\n${printed}`));
    }, START_TIMEOUT_MS);
    const read = (chunk: Buffer) => {
      printed += chunk;
      onPrinted(chunk.toString());
      const found = isUp.exec(printed);
      if (!found) return;
      clearTimeout(timer);
      done({ child, url: found[1] ?? "" });
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
  const gone = wholeGone(child);
  child.kill(signal);
  return gone;
}

async function wholeGone(child: ChildProcess): Promise<number | null> {
  if (!child.pid) throw new Error("The server was never started.");
  const family = descendantsOf(child.pid);
  await new Promise((done) => child.once("exit", done));
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
