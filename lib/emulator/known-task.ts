import type { Caller, EmulatorState } from "./emulator-state";
import { findModel, TASK_LIFE_MS } from "./limits";
import { startDueTasks } from "./start-due-tasks";
import type { Task } from "./task";

/** Every task of the account that the vendor has not forgotten yet, judged and as it is now. */
export async function knownTasks(
  state: EmulatorState,
  caller: Caller,
  vendor: Task["vendor"],
): Promise<Task[]> {
  const tasks = state.tasks.all().filter((task) => isKnown(state, task, caller, vendor));
  await patiently(Promise.all(tasks.map(({ id }) => state.runner.judged(id))));
  for (const model of new Set(tasks.map((task) => task.model))) await startWaiting(state, caller, model);
  return tasks;
}

/** One task, judged and as it is now; null for one that never was, is another account's, or is a day old. */
export async function findTask(
  state: EmulatorState,
  caller: Caller,
  vendor: Task["vendor"],
  taskId: string,
): Promise<Task | null> {
  const task = state.tasks.get(taskId);
  if (!task || !isKnown(state, task, caller, vendor)) return null;
  // The vendor judges the input within a tenth of a second; the first look already says what is wrong with it.
  await patiently(state.runner.judged(taskId));
  await startWaiting(state, caller, task.model);
  return task;
}

function isKnown(state: EmulatorState, task: Task, caller: Caller, vendor: Task["vendor"]): boolean {
  const isYoung = state.now() <= task.createdAt + TASK_LIFE_MS / state.expiryScale;
  return isYoung && task.accountId === caller.accountId && task.vendor === vendor;
}

async function startWaiting(state: EmulatorState, { accountId }: Caller, model: string): Promise<void> {
  const sameQueue = state.tasks.all().filter((task) => task.accountId === accountId && task.model === model);
  const runningMax = findModel(model, null)?.runningTasksMax ?? 1;
  for (const task of startDueTasks(sameQueue, runningMax, state.now())) await state.tasks.save(task);
}

const PATIENCE_MS = 10_000;

/** A host that never answers a download must not keep those waiting who only look. */
async function patiently(judged: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([judged, enough]).finally(() => clearTimeout(timer));
}
