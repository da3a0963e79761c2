import { join } from "node:path";
import { answerGateway, GATEWAY_PREFIX, gatewayErrorReply } from "./answer-gateway";
import { authenticate } from "./authenticate";
import { cancelTask } from "./cancel-task";
import { ConnectionCut } from "./connection-cut";
import { createTask } from "./create-task";
import type { Caller, EmulatorState } from "./emulator-state";
import { forgetExpired } from "./forget-expired";
import { errorReply, jsonReply } from "./json-reply";
import { findModel, POLICIES_PER_SECOND } from "./limits";
import { listTasks } from "./list-tasks";
import { type EmulatorOptions, openEmulatorState } from "./open-emulator-state";
import { queryTask } from "./query-task";
import { receiveUpload } from "./receive-upload";
import { checkResultUrl } from "./result-url";
import { scenarioOf } from "./scenarios";
import { sendFile } from "./send-file";
import { promptOf } from "./task";
import { grantUpload } from "./upload-policy";
import {
  internalError,
  modelNotFound,
  notFound,
  parameterMissing,
  rateExceeded,
  VendorError,
} from "./vendor-error";
import { noSuchKey, StoreError, xmlErrorReply } from "./xml-reply";

export type Emulator = {
  /** Speaks the vendors' HTTP: give it to a client in place of `fetch`, or serve it. Rejects to cut the connection. */
  handler(request: Request): Promise<Response>;
  /** Stops rendering; another emulator over the same folder goes on where this one stopped. */
  close(): Promise<void>;
};

const API = "/api/v1";
const UPLOAD_PATH = "/uploads";
const FORGET_EVERY_MS = 60_000;

/** DashScope and the AI/ML API on a small scale. Work that an earlier run left is taken up at once. */
export function createEmulator(options: EmulatorOptions): Emulator {
  const opened = openEmulatorState(options);
  // Whoever asks first hears of it; until then it is no unhandled rejection.
  opened.catch(() => {});
  let forgottenAt = options.clock.now();

  async function forgetNowAndThen(state: EmulatorState): Promise<void> {
    if (Math.abs(state.now() - forgottenAt) < FORGET_EVERY_MS / Math.max(1, state.expiryScale)) return;
    forgottenAt = state.now();
    await forgetExpired(state);
  }

  return {
    async handler(request) {
      const state = await opened;
      // Some clients put a slash at the end.
      const path = new URL(request.url).pathname.replace(/\/+$/, "");
      const isGateway = path.startsWith(GATEWAY_PREFIX);
      try {
        await forgetNowAndThen(state);
        if (isGateway) return await answerGateway(state, request, path);
        return path.startsWith(`${API}/`)
          ? await answerApi(state, request, path.slice(API.length))
          : await answerStore(state, request, path);
      } catch (error) {
        if (error instanceof ConnectionCut) throw error;
        if (error instanceof StoreError) return xmlErrorReply(error);
        const isRefusal = error instanceof VendorError;
        if (!isRefusal) state.log.warn({ error, path }, "the emulator failed");
        const refusal = isRefusal ? error : internalError();
        return isGateway ? gatewayErrorReply(state, path, refusal) : errorReply(refusal);
      }
    },
    async close() {
      const state = await opened.catch(() => null);
      await state?.runner.close();
    },
  };
}

async function answerApi(state: EmulatorState, request: Request, path: string): Promise<Response> {
  const caller = authenticate(request);
  const url = new URL(request.url);
  const origin = state.publicBaseUrl ?? url.origin;
  const [, taskId = ""] = /^\/tasks\/([^/]+)(?:\/cancel)?$/.exec(path) ?? [];
  switch (`${request.method} ${taskId ? path.replace(taskId, ":id") : path}`) {
    case "POST /services/aigc/video-generation/video-synthesis":
      return createTask(state, request, caller, "video-generation");
    case "POST /services/aigc/image2video/video-synthesis":
      return createTask(state, request, caller, "image2video");
    case "GET /tasks/:id":
      return queryTask(state, taskId, caller, origin);
    case "POST /tasks/:id/cancel":
      return cancelTask(state, taskId, caller);
    case "GET /tasks":
      return listTasks(state, url.searchParams, caller);
    case "GET /uploads":
      return jsonReply({ data: grantPolicy(state, url.searchParams, caller, `${origin}${UPLOAD_PATH}`) });
    default:
      throw notFound();
  }
}

function grantPolicy(state: EmulatorState, query: URLSearchParams, caller: Caller, uploadHost: string) {
  const { accountId } = caller;
  const model = query.get("model") ?? "";
  if (query.get("action") !== "getPolicy") throw parameterMissing("action");
  if (!findModel(model, state.region)) throw modelNotFound();
  if (!state.rates.take(`policy ${accountId} ${model}`, POLICIES_PER_SECOND, state.now()))
    throw rateExceeded();
  return grantUpload(state.signer, { accountId, model, now: state.now(), uploadHost });
}

/** Said to a person: no vendor's client asks for such a path, but one with a wrong base address does. */
function nowhere(path: string): VendorError {
  const message = `There is nothing at ${path || "/"}. DashScope is at ${API}, the AI/ML API at ${GATEWAY_PREFIX}video/generations.`;
  return new VendorError("NotFound", message, 404);
}

async function answerStore(state: EmulatorState, request: Request, path: string): Promise<Response> {
  if (request.method === "POST" && path === UPLOAD_PATH) return receiveUpload(request, state);
  if (!/^\/(results|uploads|dashscope-instant)(\/|$)/.test(path)) throw nowhere(path);
  const [, taskId, fileName] = /^\/results\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (!taskId || !["GET", "HEAD"].includes(request.method)) throw noSuchKey();
  checkResultUrl(state.signer, new URL(request.url), state.now());
  const task = state.tasks.get(taskId);
  if (!task?.film || task.film.fileName !== fileName) throw noSuchKey();
  if (scenarioOf(promptOf(task.input)).result === "gone") throw noSuchKey();
  return sendFile(request, join(state.tasks.folderOf(taskId), task.film.fileName), "video/mp4");
}
