import { acceptTask } from "./accept-task";
import type { Caller, EmulatorState } from "./emulator-state";
import { jsonReply } from "./json-reply";
import { type Family, findModel } from "./limits";
import { readJsonBody } from "./read-json-body";
import { invalidParameter, modelNotFound, parameterMissing, VendorError } from "./vendor-error";

/** The part of the path that says which families are made there. */
export type CreatePath = "video-generation" | "image2video";

const PATH_OF: Record<Family, CreatePath> = {
  media: "video-generation",
  image: "video-generation",
  keyframes: "image2video",
};

/**
 * POST …/video-synthesis. The order of checks: key (before this), async header, JSON, model; whatever else is wrong
 * shows at the first look at the task, or at once in strict mode.
 */
export async function createTask(
  state: EmulatorState,
  request: Request,
  caller: Caller,
  path: CreatePath,
): Promise<Response> {
  if (request.headers.get("x-dashscope-async")?.toLowerCase() !== "enable") {
    throw new VendorError("AccessDenied", "current user api does not support synchronous calls", 403);
  }
  const { model: modelId, input, parameters } = await readJsonBody(request);
  if (typeof modelId !== "string" || modelId === "") throw parameterMissing("model");
  const model = findModel(modelId, state.region);
  if (!model) throw modelNotFound();
  if (!isRecord(input)) throw parameterMissing("input");
  if (parameters !== undefined && parameters !== null && !isRecord(parameters))
    throw parameterMissing("parameters");
  // What users of an SDK hear that is too old to know where its model is made.
  if (PATH_OF[model.family] !== path) throw invalidParameter("url error, please check url!");
  requireOssHeader(request, input);
  const wanted = { vendor: "dashscope" as const, modelId, model, input, parameters: parameters ?? {} };
  return acceptTask(state, caller, wanted, ({ id, requestId }) =>
    jsonReply({ request_id: requestId, output: { task_id: id, task_status: "PENDING" } }),
  );
}

function requireOssHeader(request: Request, input: Record<string, unknown>): void {
  const isResolved = request.headers.get("x-dashscope-ossresourceresolve")?.toLowerCase() === "enable";
  if (isResolved || !JSON.stringify(input).includes('"oss://')) return;
  throw new VendorError(
    "InvalidParameter.DataInspection",
    "The media format is not supported or incorrect for the data inspection.",
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
