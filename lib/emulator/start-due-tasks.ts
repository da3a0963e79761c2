import { endOf, type Task } from "./task";

/**
 * Lets waiting tasks of one account and model out of the queue, first come first served, no more than `runningMax` at
 * once. Returns those that started by now, with `startedAt` set to the instant their place was free, however late
 * anybody looks.
 */
export function startDueTasks(tasks: Task[], runningMax: number, now: number): Task[] {
  const started: Task[] = [];
  const waiting = tasks.filter(
    ({ startedAt, refusal, cancelledAt, stuckIn }) =>
      startedAt === null && refusal === null && cancelledAt === null && stuckIn !== "PENDING",
  );
  for (const task of waiting.sort((a, b) => a.createdAt - b.createdAt)) {
    const startAt = freePlaceFrom(task.createdAt + task.plan.pendingMs, tasks, runningMax);
    if (startAt === null || startAt > now) break;
    task.startedAt = startAt;
    started.push(task);
  }
  return started;
}

/** The first instant, not before `from`, with a place free; null when nobody knows yet. */
function freePlaceFrom(from: number, tasks: Task[], runningMax: number): number | null {
  const endsAfter = tasks
    .filter((task) => task.startedAt !== null)
    .map((task) => endOf(task) ?? Number.POSITIVE_INFINITY)
    .filter((endAt) => endAt > from)
    .sort((a, b) => a - b);
  if (endsAfter.length < runningMax) return from;
  const startAt = endsAfter[endsAfter.length - runningMax] as number;
  return startAt === Number.POSITIVE_INFINITY ? null : startAt;
}
