import { rmSync } from "node:fs";
import { setPriority } from "node:os";
import {
  type ChildLimits,
  EXIT_OUT_OF_MEMORY,
  type FromChild,
  readToChild,
  type ToChild,
} from "./media-messages";
import { mediaTaskTable, type TaskContext } from "./media-task-table";
import { MediaError, type MediaTaskName, type MediaTasks } from "./media-tasks";
import { temporaryPathOf, writeWholeFor } from "./write-whole";

const MEMORY_LOOK_EVERY_MS = 100;

type Attempt = { aborting: AbortController; temporaryPath: string | null };

/** The child's whole life: runs what the parent sends until the channel closes, then leaves nothing behind. */
export function serveMediaTasks(limits: ChildLimits): void {
  const attempts = new Map<string, Attempt>();
  lowerPriority(limits.niceness);
  watchMemory(limits.memoryLimitMb);

  const send = (message: FromChild) => process.send?.(message);
  process.on("message", (raw) => {
    const message = readToChild(raw);
    if (message?.kind === "run") void runAttempt(message, attempts).then(send);
    if (message?.kind === "abort") attempts.get(message.attemptId)?.aborting.abort();
  });
  // The parent is gone, perhaps by kill -9: nobody is left to clear up but this process.
  process.on("disconnect", () => {
    for (const { temporaryPath } of attempts.values())
      if (temporaryPath) rmSync(temporaryPath, { force: true });
    process.exit();
  });
  // A terminal sends these to the whole group; the parent decides when this process ends.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => {});
}

async function runAttempt(
  message: Extract<ToChild, { kind: "run" }>,
  attempts: Map<string, Attempt>,
): Promise<FromChild> {
  const { attemptId, name, input } = message;
  const aborting = new AbortController();
  const temporaryPath = "outputPath" in input ? temporaryPathOf(input.outputPath, attemptId) : null;
  attempts.set(attemptId, { aborting, temporaryPath });
  try {
    const context = { writeWhole: writeWholeFor(attemptId, aborting.signal), signal: aborting.signal };
    return { kind: "done", attemptId, output: await runTask(name, input, context) };
  } catch (error) {
    const blame = error instanceof MediaError ? error.blame : "process";
    return {
      kind: "failed",
      attemptId,
      blame,
      message: error instanceof Error ? error.message : String(error),
    };
  } finally {
    attempts.delete(attemptId);
  }
}

function runTask<Name extends MediaTaskName>(
  name: Name,
  input: MediaTasks[MediaTaskName]["input"],
  context: TaskContext,
) {
  return mediaTaskTable[name](input as MediaTasks[Name]["input"], context);
}

function lowerPriority(niceness: number): void {
  if (niceness !== 0) setPriority(niceness);
}

function watchMemory(memoryLimitMb: number): void {
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() > memoryLimitMb * 2 ** 20) process.exit(EXIT_OUT_OF_MEMORY);
  }, MEMORY_LOOK_EVERY_MS);
  timer.unref();
}
