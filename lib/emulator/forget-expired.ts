import type { EmulatorState } from "./emulator-state";
import { RESULT_LIFE_MS, TASK_LIFE_MS, UPLOAD_LIFE_MS } from "./limits";
import { endOf } from "./task";

/** Deletes what nobody can ask for any more: tasks with their films, and uploads. */
export async function forgetExpired({
  tasks,
  uploads,
  runner,
  log,
  now,
  expiryScale,
}: EmulatorState): Promise<void> {
  for (const task of tasks.all()) {
    const resultUntil = (endOf(task) ?? task.createdAt) + RESULT_LIFE_MS / expiryScale;
    const taskUntil = task.createdAt + TASK_LIFE_MS / expiryScale;
    if (now() <= Math.max(resultUntil, taskUntil)) continue;
    runner.drop(task.id);
    // What stays on disk is read again at the next start, and forgotten then.
    await tasks
      .remove(task.id)
      .catch((error) => log.warn({ error, taskId: task.id }, "a task stays on disk"));
  }
  await uploads.removeOlder(now() - UPLOAD_LIFE_MS / expiryScale);
}
