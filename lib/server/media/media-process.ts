import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type ChildLimits,
  EXIT_OUT_OF_MEMORY,
  type FromChild,
  readFromChild,
  type ToChild,
} from "./media-messages";
import { MediaError, type MediaTaskName, type MediaTasks } from "./media-tasks";
import { temporaryPathOf } from "./write-whole";

/** Runs media tasks in a forked child, a few at a time; the child starts with the first task and restarts after a crash. */
export interface MediaProcess {
  /** Rejects with a MediaError, or with the signal's reason when it aborts. */
  run<Name extends MediaTaskName>(
    name: Name,
    input: MediaTasks[Name]["input"],
    options?: { signal?: AbortSignal; timeoutMs?: number },
  ): Promise<MediaTasks[Name]["output"]>;
  /** Tasks that wait or run, and the child's resident memory where there is a child and the system tells. */
  usage(): { tasks: number; memoryBytes: number | null };
  /** Ends the child; tasks in hand are rejected. */
  close(): Promise<void>;
}

export type MediaProcessOptions = {
  /** The repository's root: the child's code and tsx are found from here. */
  projectRoot: string;
  /** How many tasks the child has in hand at once. */
  concurrency: number;
  /** 0 is normal, 19 yields to everything else. */
  niceness?: number;
  /** What the child's resident memory may reach; beyond it the child ends and the task is rejected. */
  memoryLimitMb?: number;
  /** Counted from the moment a task is handed to the child. */
  defaultTimeoutMs: number;
};

const MEMORY_LIMIT_MB = 1536;
const STDERR_KEPT_CHARS = 2000;

type Job = {
  name: MediaTaskName;
  input: MediaTasks[MediaTaskName]["input"];
  timeoutMs: number;
  signal: AbortSignal | undefined;
  resolve: (output: unknown) => void;
  reject: (reason: unknown) => void;
  /** Was in hand when a child died: it gets one more try, alone, so that the guilty one shows. */
  isSuspect: boolean;
  isSettled: boolean;
  stopListening: () => void;
};

type Attempt = { job: Job; timer: NodeJS.Timeout; timedOut: boolean };

/** See MediaProcess. Nothing is started until the first task. */
export function createMediaProcess(options: MediaProcessOptions): MediaProcess {
  const queue: Job[] = [];
  const attempts = new Map<string, Attempt>();
  let child: { process: ChildProcess; isDying: boolean; exited: Promise<void> } | null = null;
  let isClosed = false;

  function pump(): void {
    while (!isClosed && !child?.isDying && attempts.size < options.concurrency) {
      const next = queue[0];
      if (!next) break;
      if (attempts.size > 0 && (next.isSuspect || [...attempts.values()].some(({ job }) => job.isSuspect)))
        break;
      queue.shift();
      begin(next);
    }
    if (child) keepParentAlive(child.process, attempts.size > 0);
  }

  function begin(job: Job): void {
    child ??= startChild();
    const attemptId = randomUUID();
    const attempt: Attempt = { job, timedOut: false, timer: setTimeout(timeOut, job.timeoutMs) };
    attempts.set(attemptId, attempt);
    send({ kind: "run", attemptId, name: job.name, input: job.input } as ToChild);

    function timeOut() {
      attempt.timedOut = true;
      killChild();
    }
  }

  function send(message: ToChild): void {
    // A message that cannot be sent means a dead child, and its exit settles everything.
    child?.process.send(message, () => {});
  }

  function startChild() {
    const started = forkChild(options);
    let stderr = "";
    started.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-STDERR_KEPT_CHARS);
    });
    started.on("message", (raw) => {
      const message = readFromChild(raw);
      if (message) finish(message);
    });
    const exited = new Promise<void>((resolve) => {
      let isOver = false;
      const end = (code: number | null, reason: string) => {
        if (isOver) return;
        isOver = true;
        bury(code, `${reason}${stderr.trim() === "" ? "" : `: ${stderr.trim()}`}`);
        resolve();
      };
      started.on("exit", (code, signal) =>
        end(code, signal ? `was ended by ${signal}` : `ended with code ${code}`),
      );
      started.on("error", (error) => end(null, `could not be started (${error.message})`));
    });
    return { process: started, isDying: false, exited };
  }

  function finish(message: FromChild): void {
    const attempt = attempts.get(message.attemptId);
    if (!attempt) return;
    attempts.delete(message.attemptId);
    clearTimeout(attempt.timer);
    if (message.kind === "done") settle(attempt.job, () => attempt.job.resolve(message.output));
    else settle(attempt.job, () => attempt.job.reject(new MediaError(message.blame, message.message)));
    pump();
  }

  /** The child has ended: clears its temporary files away, and rejects or repeats what it had in hand. */
  function bury(exitCode: number | null, reason: string): void {
    child = null;
    const left = [...attempts];
    attempts.clear();
    const isGuiltKnown = left.some(([, attempt]) => attempt.timedOut) || left.length === 1;
    for (const [attemptId, { job, timer, timedOut }] of left) {
      clearTimeout(timer);
      if ("outputPath" in job.input)
        rmSync(temporaryPathOf(job.input.outputPath, attemptId), { force: true });
      if (job.isSettled) continue;
      const error = judge(job, { exitCode, reason, timedOut, isGuiltKnown });
      if (error) {
        settle(job, () => job.reject(error));
      } else {
        job.isSuspect = true;
        queue.unshift(job);
      }
    }
    pump();
  }

  /** Null when the job deserves another try. */
  function judge(
    job: Job,
    death: { exitCode: number | null; reason: string; timedOut: boolean; isGuiltKnown: boolean },
  ): MediaError | null {
    if (isClosed) return new MediaError("process", "was stopped: the media process is closed");
    if (death.timedOut) return new MediaError("process", `took longer than ${job.timeoutMs / 1000} seconds`);
    if (death.exitCode === EXIT_OUT_OF_MEMORY && death.isGuiltKnown) {
      return new MediaError(
        "process",
        `needed more memory than the ${memoryLimitMbOf(options)} MB it may use`,
      );
    }
    return job.isSuspect
      ? new MediaError("process", `could not be worked on: the media process ${death.reason}`)
      : null;
  }

  function settle(job: Job, how: () => void): void {
    if (job.isSettled) return;
    job.isSettled = true;
    job.stopListening();
    how();
  }

  function abort(job: Job): void {
    const at = queue.indexOf(job);
    if (at !== -1) queue.splice(at, 1);
    // The attempt keeps its place until the child says it has let go, so that no more than `concurrency` run there.
    for (const [attemptId, attempt] of attempts) if (attempt.job === job) send({ kind: "abort", attemptId });
    settle(job, () => job.reject(job.signal?.reason));
    pump();
  }

  function killChild(): void {
    if (!child || child.isDying) return;
    child.isDying = true;
    child.process.kill("SIGKILL");
  }

  return {
    run(name, input, { signal, timeoutMs = options.defaultTimeoutMs } = {}) {
      return new Promise<never>((resolve, reject) => {
        if (isClosed) return reject(new MediaError("process", "was not begun: the media process is closed"));
        if (signal?.aborted) return reject(signal.reason);
        const job: Job = {
          name,
          input,
          timeoutMs,
          signal,
          resolve: resolve as (output: unknown) => void,
          reject,
          isSuspect: false,
          isSettled: false,
          stopListening: () => signal?.removeEventListener("abort", onAbort),
        };
        const onAbort = () => abort(job);
        signal?.addEventListener("abort", onAbort, { once: true });
        queue.push(job);
        pump();
      });
    },

    usage: () => ({
      tasks: queue.length + attempts.size,
      memoryBytes: child?.process.pid === undefined ? null : residentBytes(child.process.pid),
    }),

    async close() {
      isClosed = true;
      const stopped = new MediaError("process", "was stopped: the media process is closed");
      for (const job of queue.splice(0)) settle(job, () => job.reject(stopped));
      for (const { job } of attempts.values()) settle(job, () => job.reject(stopped));
      const exited = child?.exited;
      killChild();
      await exited;
    },
  };
}

function memoryLimitMbOf({ memoryLimitMb = MEMORY_LIMIT_MB }: MediaProcessOptions): number {
  return memoryLimitMb;
}

const PAGE_BYTES = 4096;

/** Null where the process is gone, and on systems that have no /proc. */
function residentBytes(pid: number): number | null {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ");
    return Number(pages) * PAGE_BYTES;
  } catch {
    return null;
  }
}

function forkChild(options: MediaProcessOptions): ChildProcess {
  // Next's bundler follows the argument of a `fork` it can see and would try to pack the child; this one it cannot see.
  const { fork } = process.getBuiltinModule("node:child_process");
  const limits: ChildLimits = { memoryLimitMb: memoryLimitMbOf(options), niceness: options.niceness ?? 0 };
  return fork(join(options.projectRoot, "lib/entry/media-child.ts"), [JSON.stringify(limits)], {
    cwd: options.projectRoot,
    execArgv: [
      "--import",
      "tsx",
      "--conditions=react-server",
      `--max-old-space-size=${Math.ceil(limits.memoryLimitMb / 2)}`,
    ],
    // The child decodes files from strangers: it is given no keys and no secrets to lose.
    env: { NODE_ENV: "production" },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

// An idle child must not keep a finished program from ending; one at work must.
function keepParentAlive(child: ChildProcess, isBusy: boolean): void {
  const change = isBusy ? "ref" : "unref";
  child[change]();
  child.channel?.[change]();
  (child.stderr as { ref?(): void; unref?(): void } | null)?.[change]?.();
}
