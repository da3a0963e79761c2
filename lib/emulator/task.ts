/** One task as it is kept on disk. Instants are epoch milliseconds, and everything a person sees follows from them. */
export type Task = {
  id: string;
  /** Whose wire it came by. Its input is DashScope's either way. */
  vendor: "dashscope" | "aimlapi";
  accountId: string;
  /** Which key of the account; a number, as the vendor lists it. */
  apiKeyId: string;
  /** Of the reply that accepted it. */
  requestId: string;
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
  /** A scenario's want of an end: it never leaves this state. */
  stuckIn: "PENDING" | "RUNNING" | null;
  /** When it left the queue; null while it waits. */
  startedAt: number | null;
  cancelledAt: number | null;
  /** Its input was found wanting: shown from the first look on. */
  refusal: { code: string; message: string } | null;
  film: Film | null;
};

/** `mediaType` is null where the request does not say. */
export type DataUri = { fileName: string; mediaType: string | null };

export type Film = {
  fileName: string;
  durationSeconds: number;
  /** How much of it is the clip that was to be continued. */
  clipSeconds: number;
  hasSound: boolean;
  resolution: string;
  renderedAt: number;
};

export type TaskStatus = "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELED";

/** What tasks that an earlier version wrote do not have. */
export const taskDefaults = {
  vendor: "dashscope",
  apiKeyId: "0",
  requestId: "",
  stuckIn: null,
  cancelledAt: null,
} satisfies Partial<Task>;

export function promptOf(input: Record<string, unknown>): string {
  return typeof input.prompt === "string" ? input.prompt : "";
}

/** When it ends or ended; null while that is open. */
export function endOf({ startedAt, fate, film, plan, stuckIn, cancelledAt }: Task): number | null {
  if (cancelledAt !== null) return cancelledAt;
  if (startedAt === null || stuckIn !== null) return null;
  if (fate) return startedAt + fate.failAfterMs;
  return film && Math.max(startedAt + plan.runMs, film.renderedAt);
}

/** What the vendor would call it at this instant. */
export function statusOf(task: Task, now: number): TaskStatus {
  if (task.refusal) return "FAILED";
  if (task.cancelledAt !== null) return "CANCELED";
  if (task.startedAt === null || task.startedAt > now) return "PENDING";
  const endAt = endOf(task);
  if (endAt === null || endAt > now) return "RUNNING";
  return task.fate ? "FAILED" : "SUCCEEDED";
}

/** Whether nothing will ever come of it, so that no film is needed. */
export function isFilmless({ refusal, fate, stuckIn, cancelledAt }: Task): boolean {
  return refusal !== null || fate !== null || stuckIn !== null || cancelledAt !== null;
}
