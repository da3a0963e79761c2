import type { Caller, EmulatorState } from "./emulator-state";
import { garbageReply } from "./garbage-reply";
import { jsonReply } from "./json-reply";
import { findTask } from "./known-task";
import { findModel, REQUESTS_PER_SECOND, RESULT_LIFE_MS } from "./limits";
import { resultUrl } from "./result-url";
import { GARBAGE_LOOKS, scenarioOf } from "./scenarios";
import { endOf, promptOf, statusOf, type Task } from "./task";
import { usageOf } from "./usage";
import { rateExceeded } from "./vendor-error";

/** GET …/tasks/{id}: HTTP 200 whatever became of it, also for ids that never were. (API reference, "Query the result".) */
export async function queryTask(
  state: EmulatorState,
  taskId: string,
  caller: Caller,
  origin: string,
): Promise<Response> {
  if (!state.rates.take(`query ${caller.accountId}`, REQUESTS_PER_SECOND, state.now())) throw rateExceeded();
  const task = await findTask(state, caller, "dashscope", taskId);
  if (!task) return jsonReply({ output: { task_id: taskId, task_status: "UNKNOWN" } });
  return garbageFor(state, task) ?? jsonReply(bodyOf(state, task, origin));
}

/** The first looks that a scenario spoils; null for every other. */
export function garbageFor(state: EmulatorState, { id, input }: Task): Response | null {
  const { garbage } = scenarioOf(promptOf(input));
  const looks = state.counts.get(`look ${id}`) ?? 0;
  if (!garbage || looks >= GARBAGE_LOOKS) return null;
  state.counts.set(`look ${id}`, looks + 1);
  return garbageReply(garbage);
}

function bodyOf(state: EmulatorState, task: Task, origin: string): object {
  const status = statusOf(task, state.now());
  const scenario = scenarioOf(promptOf(task.input));
  const output = { task_id: task.id, task_status: status };
  const submitted = { submit_time: clockText(task.createdAt) };
  const scheduled = { ...submitted, scheduled_time: clockText(task.startedAt ?? task.createdAt) };
  const endAt = endOf(task) ?? state.now();
  const ended = { ...scheduled, end_time: clockText(endAt) };
  switch (status) {
    case "PENDING":
      return { output: { ...output, ...submitted } };
    case "RUNNING":
      return { output: { ...output, task_status: scenario.statusWord ?? status, ...scheduled } };
    case "FAILED":
      if (task.refusal) return { output: { ...output, ...task.refusal } };
      return { output: { ...output, ...ended, code: task.fate?.code, message: task.fate?.message } };
    case "CANCELED":
      return { output: { ...output, ...submitted, end_time: clockText(endAt) } };
    case "SUCCEEDED": {
      const expiresAt = scenario.result === "expired" ? endAt : endAt + RESULT_LIFE_MS / state.expiryScale;
      const path = `/results/${task.id}/${task.film?.fileName}`;
      return {
        output: {
          ...output,
          ...ended,
          orig_prompt: promptOf(task.input),
          ...actualPrompt(task),
          video_url: resultUrl(state.signer, origin, path, expiresAt),
        },
        usage: usageOf(task),
      };
    }
  }
}

/** The prompt as the vendor would have rewritten it, where a model tells. A template leaves no prompt to rewrite. */
function actualPrompt({ model: modelId, input, parameters }: Task): { actual_prompt?: string } {
  const model = findModel(modelId, null);
  if (!model?.hasActualPrompt || parameters.prompt_extend === false || input.template) return {};
  const heard = promptOf(input).slice(0, model.promptCharsMax);
  return { actual_prompt: `${heard}${heard ? ". " : ""}The camera moves slowly, in soft and natural light.` };
}

/** `YYYY-MM-DD HH:mm:ss.SSS`, no zone, UTC+8. */
function clockText(at: number): string {
  return new Date(at + 8 * 3_600_000).toISOString().slice(0, 23).replace("T", " ");
}
