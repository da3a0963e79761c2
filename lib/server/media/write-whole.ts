import { rename, rm } from "node:fs/promises";

/**
 * Lets `write` fill a temporary file beside `outputPath` and moves it there when done, so that a reader sees the whole
 * file or none. On failure nothing stays.
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
      throw cause;
    }
  };
}
