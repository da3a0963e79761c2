import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { acceptTask } from "./accept-task";
import { bearerOf, callerOf } from "./authenticate";
import type { Caller, EmulatorState } from "./emulator-state";
import { findTask } from "./known-task";
import { findModel } from "./limits";
import { garbageFor } from "./query-task";
import { NATIVE_MODEL, readGatewayBody } from "./read-gateway-body";
import { readJsonBody } from "./read-json-body";
import { scenarioOf } from "./scenarios";
import { sendFile } from "./send-file";
import { endOf, promptOf, statusOf, type Task } from "./task";
import { VendorError } from "./vendor-error";

/** What the gateway answers to, its films included. */
export const GATEWAY_PREFIX = "/v2/";
const GENERATIONS = "/v2/video/generations";
const FILMS = "/v2/cdn/generations/otter";

/**
 * The AI/ML API for one model: two calls at one path. It is a shop in front of the vendor: its tasks are the vendor's,
 * with other names for everything.
 */
export async function answerGateway(state: EmulatorState, request: Request, path: string): Promise<Response> {
  if (path.startsWith(`${FILMS}/`)) return sendFilm(state, request, path);
  if (path !== GENERATIONS) throw new VendorError("NotFound", `Cannot ${request.method} ${path}`, 404);
  const caller = authenticateGateway(request);
  const url = new URL(request.url);
  if (request.method === "POST") return createGeneration(state, request, caller);
  if (request.method !== "GET") throw new VendorError("NotFound", `Cannot ${request.method} ${path}`, 404);
  const id = url.searchParams.get("generation_id") ?? "";
  if (id === "") throw new VendorError("BadRequest", "Query validation error\ngeneration_id: Required", 400);
  const task = await findTask(state, caller, "aimlapi", id);
  if (!task) throw new VendorError("NotFound", "Generation not found", 404);
  return garbageFor(state, task) ?? reply(generationOf(state, task, state.publicBaseUrl ?? url.origin));
}

/** Any key but `invalid`; keys here begin with nothing in particular. */
function authenticateGateway(request: Request): Caller {
  const key = bearerOf(request);
  if (key === "" || key === "invalid" || key === "sk-invalid") {
    throw new VendorError(
      "Unauthorized",
      "This request requires a valid API key. You can create a key in your account.",
      401,
    );
  }
  return callerOf(key);
}

async function createGeneration(state: EmulatorState, request: Request, caller: Caller): Promise<Response> {
  const body = readGatewayBody(await readJsonBody(request));
  const model = findModel(NATIVE_MODEL, null);
  if (!model) throw new Error(`the emulator has no model ${NATIVE_MODEL}`);
  const wanted = { vendor: "aimlapi" as const, modelId: NATIVE_MODEL, model, ...body };
  return acceptTask(state, caller, wanted, (task) =>
    reply({ id: task.id, status: "queued", meta: { usage: creditsOf(task) } }),
  );
}

// Nobody has published a price; five hundredths above the vendor's own is what the shop takes for the model before it.
const USD_PER_SECOND: Record<string, number> = { "720P": 0.105, "1080P": 0.1575 };
const CREDITS_PER_USD = 2_000_000;

function creditsOf({ parameters }: Task) {
  const usd = (USD_PER_SECOND[String(parameters.resolution)] ?? 0) * Number(parameters.duration);
  return { credits_used: Math.round(usd * CREDITS_PER_USD), usd_spent: Math.round(usd * 1e6) / 1e6 };
}

function generationOf(state: EmulatorState, task: Task, origin: string): object {
  const status = statusOf(task, state.now());
  const { statusWord } = scenarioOf(promptOf(task.input));
  switch (status) {
    case "PENDING":
      return { id: task.id, status: "queued" };
    case "RUNNING":
      return { id: task.id, status: statusWord?.toLowerCase() ?? "generating" };
    case "SUCCEEDED":
      return {
        id: task.id,
        status: "completed",
        video: { url: `${origin}${FILMS}/${endOf(task)}-${task.id}.mp4` },
      };
    default: {
      const { code = "Error", message = "The generation was cancelled." } = task.refusal ?? task.fate ?? {};
      return { id: task.id, status: "error", error: { name: code, message: inGatewayWords(message) } };
    }
  }
}

/** The vendor names an input by its place in a request that the shop's customer never saw. */
function inGatewayWords(message: string): string {
  return message.replaceAll("input.media.0.url", "image_url").replaceAll("input.media.1.url", "audio_url");
}

function sendFilm(state: EmulatorState, request: Request, path: string): Promise<Response> {
  const [, taskId = ""] = /\/\d+-([0-9a-f-]{36})\.mp4$/.exec(path) ?? [];
  const task = state.tasks.get(taskId);
  const { result } = scenarioOf(promptOf(task?.input ?? {}));
  const isReadable = ["GET", "HEAD"].includes(request.method);
  if (!isReadable || task?.vendor !== "aimlapi" || !task.film || result === "gone")
    throw new VendorError("NotFound", "Not Found", 404);
  if (result === "expired") throw new VendorError("AccessDenied", "Forbidden", 403);
  return sendFile(request, join(state.tasks.folderOf(taskId), task.film.fileName), "video/mp4");
}

function reply(body: object, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

/** `{message, path, requestId, statusCode, timestamp}`. */
export function gatewayErrorReply(state: EmulatorState, path: string, error: VendorError): Response {
  const { status } = error;
  const body = {
    message: status === 429 ? "Too Many Requests" : status >= 500 ? "Internal server error" : error.message,
    path,
    requestId: randomUUID(),
    statusCode: status,
    timestamp: new Date(state.now()).toISOString(),
  };
  return reply(body, status);
}
