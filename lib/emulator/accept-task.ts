import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { ConnectionCut } from "./connection-cut";
import { takeOutDataUris } from "./data-uris";
import type { Caller, EmulatorState } from "./emulator-state";
import { garbageReply } from "./garbage-reply";
import type { OfferedModel } from "./limits";
import { planRun } from "./plan-run";
import { scenarioOf } from "./scenarios";
import { promptOf, type Task } from "./task";
import { rateExceeded, VendorError } from "./vendor-error";

/** A request that names a model and has a body; nothing else about it is known to be right. */
export type TaskRequest = {
  vendor: Task["vendor"];
  modelId: string;
  model: OfferedModel;
  input: Record<string, unknown>;
  parameters: Record<string, unknown>;
};

/**
 * Makes a task of a request, by either vendor's wire, and sets it going; `reply` says how it is answered. Throws a
 * VendorError when too many come, when a scenario wants it refused, and in strict mode when its input is wrong.
 */
export async function acceptTask(
  state: EmulatorState,
  caller: Caller,
  request: TaskRequest,
  reply: (task: Task) => Response,
): Promise<Response> {
  const { modelId, model, input } = request;
  if (!state.rates.take(`submit ${caller.accountId} ${modelId}`, model.submitsPerSecond, state.now()))
    throw rateExceeded();
  refuseByScenario(state, caller, promptOf(input));
  const task = await keepTask(state, caller, request);
  state.runner.begin(task);
  if (state.isStrict) await refuseWrongInput(state, task);
  const { createReply } = scenarioOf(promptOf(input));
  if (createReply === "cut") throw new ConnectionCut();
  return createReply ? garbageReply(createReply) : reply(task);
}

function refuseByScenario(state: EmulatorState, { accountId }: Caller, prompt: string): void {
  const { refuseCreate } = scenarioOf(prompt);
  if (!refuseCreate) return;
  const about = `${accountId} ${prompt}`;
  const refusedCount = state.counts.get(about) ?? 0;
  if (refusedCount >= refuseCreate.attempts) {
    state.counts.delete(about);
    return;
  }
  state.counts.set(about, refusedCount + 1);
  throw refuseCreate.error;
}

/** In strict mode what is wrong with the input is the answer to the request, and no task remains of it. */
async function refuseWrongInput(state: EmulatorState, task: Task): Promise<void> {
  await state.runner.judged(task.id);
  if (!task.refusal) return;
  await state.tasks.remove(task.id);
  const { code, message } = task.refusal;
  throw new VendorError(code, message, code.startsWith("InternalError") ? 500 : 400);
}

/** On disk, with its inputs, before the reply is sent: what was accepted is not forgotten. */
async function keepTask(
  state: EmulatorState,
  caller: Caller,
  { vendor, modelId, model, input: given, parameters }: TaskRequest,
): Promise<Task> {
  const id = randomUUID();
  const createdAt = state.now();
  const scenario = scenarioOf(promptOf(given));
  const wantedSeconds = Number(parameters.duration);
  const plan = planRun(id, wantedSeconds > 0 ? wantedSeconds : model.defaultDurationSeconds);
  const runMs = (plan.runMs * (scenario.slowdown ?? 1)) / state.timeScale;
  const folder = await state.tasks.makeFolder(id);
  try {
    const takesBareBase64 = (place: string) => {
      const [, field = ""] = place.split(".");
      return model.files[field]?.acceptsBareBase64 === true;
    };
    const { value: input, dataUris } = await takeOutDataUris(given, "input", folder, takesBareBase64);
    const task: Task = {
      id,
      vendor,
      accountId: caller.accountId,
      apiKeyId: caller.apiKeyId,
      requestId: randomUUID(),
      model: modelId,
      input,
      parameters,
      dataUris,
      createdAt,
      plan: { pendingMs: Math.round(plan.pendingMs / state.timeScale), runMs: Math.round(runMs) },
      fate: fateOf(state, caller, promptOf(given), runMs),
      stuckIn: scenario.stuckIn ?? null,
      startedAt: null,
      cancelledAt: null,
      refusal: null,
      film: null,
    };
    await state.tasks.save(task);
    return task;
  } catch (error) {
    await state.tasks.remove(id).catch(() => rm(folder, { recursive: true, force: true }));
    throw error;
  }
}

function fateOf(state: EmulatorState, caller: Caller, prompt: string, runMs: number): Task["fate"] {
  const { fail } = scenarioOf(prompt);
  if (!fail) return null;
  const hasEarlier = state.tasks
    .all()
    .some((task) => task.accountId === caller.accountId && promptOf(task.input) === prompt);
  if (fail.firstTaskOnly && hasEarlier) return null;
  const { code, message } = fail.error;
  return { failAfterMs: Math.round(runMs * fail.afterShare), code, message };
}
