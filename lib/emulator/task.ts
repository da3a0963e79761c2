/** One task as it is kept on disk. Instants are epoch milliseconds, and everything a person sees follows from them. */
export type Task = {
  id: string;
  accountId: string;
  model: string;
  /** The body's `input` and `parameters` as sent, with data URIs taken out. */
  input: Record<string, unknown>;
  parameters: Record<string, unknown>;
  /** The data URIs taken out, by their place ("input.media.0.url"). `fileName` lies in the task's folder. */
  dataUris: Record<string, DataUri>;
  createdAt: number;
  /** How long it waits and how long it runs, already divided by the time scale. */
  plan: { pendingMs: number; runMs: number };
  /** A scenario's end: it fails this long after its start. */
  fate: { failAfterMs: number; code: string; message: string } | null;
  /** When it left the queue; null while it waits. */
  startedAt: number | null;
  /** Its input was found wanting: shown from the first look on. */
  refusal: { code: string; message: string } | null;
  film: Film | null;
};

export type DataUri = { fileName: string; mediaType: string };

export type Film = {
  fileName: string;
  durationSeconds: number;
  resolution: string;
  renderedAt: number;
};

export type TaskStatus = "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED";

/** When it ends or ended; null while that is open. */
export function endOf({ startedAt, fate, film, plan }: Task): number | null {
  if (startedAt === null) return null;
  if (fate) return startedAt + fate.failAfterMs;
  return film && Math.max(startedAt + plan.runMs, film.renderedAt);
}

/** What the vendor would call it at this instant. */
export function statusOf(task: Task, now: number): TaskStatus {
  if (task.refusal) return "FAILED";
  if (task.startedAt === null || task.startedAt > now) return "PENDING";
  const endAt = endOf(task);
  if (endAt === null || endAt > now) return "RUNNING";
  return task.fate ? "FAILED" : "SUCCEEDED";
}
