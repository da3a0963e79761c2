import type { Caller, EmulatorState } from "./emulator-state";
import { jsonReply } from "./json-reply";
import { knownTasks } from "./known-task";
import { findModel, REQUESTS_PER_SECOND, type Region } from "./limits";
import { endOf, statusOf, type Task } from "./task";
import { invalidParameter, rateExceeded } from "./vendor-error";

const DAY_MS = 24 * 3_600_000;
const PAGE_SIZE = 10;

/** GET …/tasks: what the account has made within a day, the newest first. (Manage asynchronous tasks, "List".) */
export async function listTasks(
  state: EmulatorState,
  query: URLSearchParams,
  caller: Caller,
): Promise<Response> {
  if (!state.rates.take(`list ${caller.accountId}`, REQUESTS_PER_SECOND, state.now())) throw rateExceeded();
  const page = wholeNumber(query, "page_no", 1);
  const pageSize = wholeNumber(query, "page_size", PAGE_SIZE);
  const { from, until } = windowOf(query, state.now());
  const tasks = await knownTasks(state, caller, "dashscope");
  const rows = tasks
    .filter(({ createdAt }) => createdAt >= from && createdAt <= until)
    .sort((a, b) => b.createdAt - a.createdAt)
    .map((task) => rowOf(state, task, caller))
    .filter((row) =>
      (["task_id", "model_name", "status", "api_key_id", "region"] as const).every((name) => {
        const wanted = query.get(name);
        return wanted === null || wanted === "" || row[name] === wanted;
      }),
    );
  return jsonReply({
    total: rows.length,
    total_page: Math.ceil(rows.length / pageSize),
    page_no: page,
    page_size: pageSize,
    data: rows.slice((page - 1) * pageSize, page * pageSize),
  });
}

/** Instants are epoch milliseconds here, where the query of one task has clocks. */
function rowOf(state: EmulatorState, task: Task, caller: Caller) {
  const status = statusOf(task, state.now());
  const endAt = status === "PENDING" || status === "RUNNING" ? null : endOf(task);
  const path = findModel(task.model, null)?.family === "keyframes" ? "image2video" : "video-generation";
  return {
    task_id: task.id,
    status,
    model_name: task.model,
    region: state.region ?? homeOf(task.model),
    api_key_id: task.apiKeyId,
    caller_uid: caller.callerUid,
    caller_parent_id: caller.callerUid,
    request_id: task.requestId,
    gmt_create: task.createdAt,
    ...(task.startedAt !== null && status !== "PENDING" ? { start_time: task.startedAt } : {}),
    ...(endAt === null ? {} : { end_time: endAt }),
    user_api_unique_key: `apikey:v1:aigc:${path}:video-synthesis:${task.model}`,
  };
}

/** An emulator of no region in particular still has to name one. */
function homeOf(modelId: string): Region | undefined {
  return (Object.keys(findModel(modelId, null)?.offers ?? {}) as Region[]).at(-1);
}

function windowOf(query: URLSearchParams, now: number): { from: number; until: number } {
  const [start, end] = [instantOf(query, "start_time"), instantOf(query, "end_time")];
  const until = end ?? (start === null ? now : start + DAY_MS);
  const from = start ?? until - DAY_MS;
  if (from > until || until - from > DAY_MS) {
    throw invalidParameter("start_time must be before end_time, and at most 24 hours before it.");
  }
  // A clock without milliseconds means all of its second.
  return { from, until: end === null ? until : until + 999 };
}

/** `YYYYMMDDhhmmss`, in UTC+8 like every clock of this vendor. */
function instantOf(query: URLSearchParams, name: "start_time" | "end_time"): number | null {
  const text = query.get(name);
  if (text === null || text === "") return null;
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, "$1-$2-$3T$4:$5:$6+08:00");
  const at = iso === text ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(at)) throw invalidParameter(`${name} must be of the form YYYYMMDDhhmmss.`);
  return at;
}

function wholeNumber(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null || text === "") return otherwise;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw invalidParameter(`${name} must be a positive integer.`);
  return Number(text);
}
