import { rename, rm } from "node:fs/promises";
import { MediaError } from "./media-tasks";

/**
 * Lets `write` fill a temporary file beside `outputPath` and moves it there when done, so that a reader sees the whole
 * file or none. On failure nothing stays; a disk that is full is never the input's fault, whatever the tool made of it.
 */
export type WriteWhole = <Result>(
  outputPath: string,
  write: (temporaryPath: string) => Promise<Result>,
) => Promise<Result>;

/** The name a task writes to; known to the parent too, which clears it away when the child was killed. */
export function temporaryPathOf(outputPath: string, attemptId: string): string {
  return `${outputPath}.${attemptId}.tmp`;
}

/** One attempt's writer. An abort that comes while writing is noticed before the file gets its name. */
export function writeWholeFor(attemptId: string, signal: AbortSignal): WriteWhole {
  return async (outputPath, write) => {
    const temporaryPath = temporaryPathOf(outputPath, attemptId);
    try {
      const result = await write(temporaryPath);
      signal.throwIfAborted();
      await rename(temporaryPath, outputPath);
      return result;
    } catch (cause) {
      await rm(temporaryPath, { force: true });
      throw saysDiskFull(cause)
        ? new MediaError("process", "ENOSPC: no space left on device", { cause })
        : cause;
    }
  };
}

function saysDiskFull(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if (/no space left|ENOSPC|disk quota/i.test(at.message)) return true;
  return false;
}
