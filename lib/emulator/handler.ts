import { join } from "node:path";
import { authenticate } from "./authenticate";
import { createTask } from "./create-task";
import type { EmulatorState } from "./emulator-state";
import { forgetExpired } from "./forget-expired";
import { errorReply, jsonReply } from "./json-reply";
import { models } from "./limits";
import { type EmulatorOptions, openEmulatorState } from "./open-emulator-state";
import { queryTask } from "./query-task";
import { receiveUpload } from "./receive-upload";
import { checkResultUrl } from "./result-url";
import { sendFile } from "./send-file";
import { grantUpload } from "./upload-policy";
import { internalError, invalidParameter, notFound, VendorError } from "./vendor-error";
import { noSuchKey, StoreError, xmlErrorReply } from "./xml-reply";

export type Emulator = {
  /** Speaks the vendor's HTTP: give it to a client in place of `fetch`, or serve it. */
  handler(request: Request): Promise<Response>;
  /** Stops rendering; another emulator over the same folder goes on where this one stopped. */
  close(): Promise<void>;
};

const API = "/api/v1";
const UPLOAD_PATH = "/uploads";
const FORGET_EVERY_MS = 60_000;

/** DashScope on a small scale. Work that an earlier run left is taken up at once. */
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
      const path = new URL(request.url).pathname.replace(/\/+$/, "");
      try {
        await forgetNowAndThen(state);
        return path.startsWith(`${API}/`)
          ? await answerApi(state, request, path.slice(API.length))
          : await answerStore(state, request, path);
      } catch (error) {
        if (error instanceof VendorError) return errorReply(error);
        if (error instanceof StoreError) return xmlErrorReply(error);
        state.log.warn({ error, path }, "the emulator failed");
        return errorReply(internalError());
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
  const [, taskId] = /^\/tasks\/([^/]+)$/.exec(path) ?? [];
  switch (`${request.method} ${taskId ? "/tasks/:id" : path}`) {
    case "POST /services/aigc/video-generation/video-synthesis":
      return createTask(state, request, caller);
    case "GET /tasks/:id":
      return queryTask(state, taskId ?? "", caller, origin);
    case "GET /uploads": {
      const model = url.searchParams.get("model") ?? "";
      if (url.searchParams.get("action") !== "getPolicy")
        throw invalidParameter(
          "Required parameter(action) missing or invalid, please check the request parameters.",
        );
      if (!Object.hasOwn(models, model)) throw new VendorError("InvalidParameter", "Model not exist.", 404);
      const uploadHost = `${origin}${UPLOAD_PATH}`;
      return jsonReply({
        data: grantUpload(state.signer, { ...caller, model, now: state.now(), uploadHost }),
      });
    }
    default:
      throw notFound();
  }
}

async function answerStore(state: EmulatorState, request: Request, path: string): Promise<Response> {
  if (request.method === "POST" && path === UPLOAD_PATH) return receiveUpload(request, state);
  const [, taskId, fileName] = /^\/results\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (!taskId || !["GET", "HEAD"].includes(request.method)) throw noSuchKey();
  checkResultUrl(state.signer, new URL(request.url), state.now());
  const film = state.tasks.get(taskId)?.film;
  if (!film || film.fileName !== fileName) throw noSuchKey();
  return sendFile(request, join(state.tasks.folderOf(taskId), film.fileName), "video/mp4");
}
