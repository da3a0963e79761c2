import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { takeOutDataUris } from "./data-uris";
import type { Caller, EmulatorState } from "./emulator-state";
import { jsonReply } from "./json-reply";
import { type Model, models } from "./limits";
import { planRun } from "./plan-run";
import { readJsonBody } from "./read-json-body";
import { type Scenario, scenarioOf } from "./scenarios";
import type { Task } from "./task";
import { invalidParameter, rateExceeded, VendorError } from "./vendor-error";

type Body = {
  modelId: string;
  model: Model;
  input: Record<string, unknown>;
  parameters: Record<string, unknown>;
};

/**
 * POST …/video-synthesis. The order of checks: key (before this), async header, JSON,
 * model; whatever else is wrong shows at the first look at the task.
 */
export async function createTask(state: EmulatorState, request: Request, caller: Caller): Promise<Response> {
  if (request.headers.get("x-dashscope-async")?.toLowerCase() !== "enable") {
    throw new VendorError("AccessDenied", "current user api does not support synchronous calls", 403);
  }
  const body = readBody(await readJsonBody(request));
  if (
    !state.rates.take(`submit ${caller.accountId} ${body.modelId}`, body.model.submitsPerSecond, state.now())
  ) {
    throw rateExceeded();
  }
  const scenario = scenarioOf(promptOf(body.input));
  refuseByScenario(state, caller, body, scenario);
  requireOssHeader(request, body.input);

  const task = await acceptTask(state, caller, body, scenario);
  state.runner.begin(task);
  return jsonReply({ output: { task_id: task.id, task_status: "PENDING" } });
}

function readBody(body: Record<string, unknown>): Body {
  const { model: modelId, input, parameters } = body;
  if (typeof modelId !== "string" || modelId === "") throw parameterMissing("model");
  const model = Object.hasOwn(models, modelId) ? models[modelId] : undefined;
  if (!model) throw new VendorError("InvalidParameter", "Model not exist.", 404);
  if (!isRecord(input)) throw parameterMissing("input");
  if (parameters !== undefined && parameters !== null && !isRecord(parameters))
    throw parameterMissing("parameters");
  return { modelId, model, input, parameters: parameters ?? {} };
}

function refuseByScenario(
  state: EmulatorState,
  caller: Caller,
  { input }: Body,
  { refuseCreate }: Scenario,
): void {
  if (!refuseCreate) return;
  const about = `${caller.accountId} ${promptOf(input)}`;
  const refusedCount = state.refusals.get(about) ?? 0;
  if (refusedCount >= refuseCreate.attempts) {
    state.refusals.delete(about);
    return;
  }
  state.refusals.set(about, refusedCount + 1);
  throw refuseCreate.error;
}

function requireOssHeader(request: Request, input: Record<string, unknown>): void {
  const isResolved = request.headers.get("x-dashscope-ossresourceresolve")?.toLowerCase() === "enable";
  if (isResolved || !JSON.stringify(input).includes('"oss://')) return;
  throw new VendorError(
    "InvalidParameter.DataInspection",
    "The media format is not supported or incorrect for the data inspection.",
  );
}

/** On disk, with its inputs, before the reply is sent: what was accepted is not forgotten. */
async function acceptTask(
  state: EmulatorState,
  caller: Caller,
  body: Body,
  scenario: Scenario,
): Promise<Task> {
  const id = randomUUID();
  const createdAt = state.now();
  const prompt = promptOf(body.input);
  const wantedSeconds = Number(body.parameters.duration);
  const plan = planRun(id, wantedSeconds > 0 ? wantedSeconds : body.model.defaultDurationSeconds);
  const runMs = (plan.runMs * (scenario.slowdown ?? 1)) / state.timeScale;
  const folder = await state.tasks.makeFolder(id);
  try {
    const { value: input, dataUris } = await takeOutDataUris(body.input, "input", folder);
    const task: Task = {
      id,
      accountId: caller.accountId,
      model: body.modelId,
      input,
      parameters: body.parameters,
      dataUris,
      createdAt,
      plan: { pendingMs: Math.round(plan.pendingMs / state.timeScale), runMs: Math.round(runMs) },
      fate: fateOf(state, caller, prompt, scenario, runMs),
      startedAt: null,
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

function fateOf(
  state: EmulatorState,
  caller: Caller,
  prompt: string,
  { fail }: Scenario,
  runMs: number,
): Task["fate"] {
  if (!fail) return null;
  const hasEarlier = state.tasks
    .all()
    .some((task) => task.accountId === caller.accountId && promptOf(task.input) === prompt);
  if (fail.firstTaskOnly && hasEarlier) return null;
  const { code, message } = fail.error;
  return { failAfterMs: Math.round(runMs * fail.afterShare), code, message };
}

function promptOf(input: Record<string, unknown>): string {
  return typeof input.prompt === "string" ? input.prompt : "";
}

function parameterMissing(name: string): VendorError {
  return invalidParameter(
    `Required parameter(${name}) missing or invalid, please check the request parameters.`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
