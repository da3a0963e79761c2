import type { Caller, EmulatorState } from "./emulator-state";
import { jsonReply } from "./json-reply";
import { models, QUERIES_PER_SECOND, RESULT_LIFE_MS, TASK_LIFE_MS } from "./limits";
import { resultUrl } from "./result-url";
import { startDueTasks } from "./start-due-tasks";
import { endOf, statusOf, type Task } from "./task";
import { rateExceeded } from "./vendor-error";

/** GET …/tasks/{id}: HTTP 200 whatever became of it, also for ids that never were. (API reference, "Query the result".) */
export async function queryTask(
  state: EmulatorState,
  taskId: string,
  caller: Caller,
  origin: string,
): Promise<Response> {
  if (!state.rates.take(`query ${caller.accountId}`, QUERIES_PER_SECOND, state.now())) throw rateExceeded();
  const task = state.tasks.get(taskId);
  const isKnown =
    task?.accountId === caller.accountId && state.now() <= task.createdAt + TASK_LIFE_MS / state.expiryScale;
  if (!task || !isKnown) return jsonReply({ output: { task_id: taskId, task_status: "UNKNOWN" } });
  // The vendor judges the input within a tenth of a second; the first look already says what is wrong with it.
  await state.runner.judged(taskId);
  await startWaiting(state, task);
  return jsonReply(bodyOf(state, task, origin));
}

async function startWaiting(state: EmulatorState, { accountId, model }: Task): Promise<void> {
  const sameQueue = state.tasks.all().filter((task) => task.accountId === accountId && task.model === model);
  const started = startDueTasks(sameQueue, models[model]?.runningTasksMax ?? 1, state.now());
  for (const task of started) await state.tasks.save(task);
}

function bodyOf(state: EmulatorState, task: Task, origin: string): object {
  const status = statusOf(task, state.now());
  const output = { task_id: task.id, task_status: status };
  const submitted = { submit_time: clockText(task.createdAt) };
  const scheduled = { ...submitted, scheduled_time: clockText(task.startedAt ?? task.createdAt) };
  const endAt = endOf(task) ?? state.now();
  const ended = { ...scheduled, end_time: clockText(endAt) };
  switch (status) {
    case "PENDING":
      return { output: { ...output, ...submitted } };
    case "RUNNING":
      return { output: { ...output, ...scheduled } };
    case "FAILED":
      if (task.refusal) return { output: { ...output, ...task.refusal } };
      return { output: { ...output, ...ended, code: task.fate?.code, message: task.fate?.message } };
    case "SUCCEEDED":
      return {
        output: {
          ...output,
          ...ended,
          orig_prompt: typeof task.input.prompt === "string" ? task.input.prompt : "",
          video_url: resultUrl(
            state.signer,
            origin,
            `/results/${task.id}/${task.film?.fileName}`,
            endAt + RESULT_LIFE_MS / state.expiryScale,
          ),
        },
        usage: usageOf(task),
      };
  }
}

/** The keys of wan2.7, and no others. (API reference, "usage".) */
function usageOf({ film }: Task): object {
  const duration = film?.durationSeconds;
  return {
    duration,
    input_video_duration: 0,
    output_video_duration: duration,
    video_count: 1,
    SR: Number.parseInt(film?.resolution ?? "", 10),
  };
}

/** `YYYY-MM-DD HH:mm:ss.SSS`, no zone, UTC+8. */
function clockText(at: number): string {
  return new Date(at + 8 * 3_600_000).toISOString().slice(0, 23).replace("T", " ");
}
