import type { MediaTaskName, MediaTasks } from "./media-tasks";

/** Runs media tasks in a forked child, a few at a time; the child starts with the first task and restarts after a crash. */
export interface MediaProcess {
  /** Rejects with a MediaError, or with the signal's reason when it aborts. */
  run<Name extends MediaTaskName>(
    name: Name,
    input: MediaTasks[Name]["input"],
    options?: { signal?: AbortSignal; timeoutMs?: number },
  ): Promise<MediaTasks[Name]["output"]>;
  /** Ends the child; tasks in hand are rejected. */
  close(): Promise<void>;
}
