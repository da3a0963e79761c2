import type { Failure } from "@/lib/domain/failure";
import type { Region, SlotName } from "@/lib/domain/models/model";
import { siteAt } from "@/lib/domain/models/offer";
import { answered, unclearReply } from "../clear-answer";
import { assertPublicAddress } from "../download";
import { type Fetch, type HttpReply, readRetryAfterMs, requestText } from "../http";
import {
  type PreparedStart,
  ProviderError,
  type RemoteStatus,
  type RemoteTask,
  type SentMedia,
  type StartJob,
  type TaskFilter,
  type TaskPage,
  type VideoProvider,
} from "../provider";
import { fileNoun } from "../sent-inputs";
import { failureFor } from "./failures";
import { bringInputs, type Inputs, type Uploader } from "./inputs";
import { CREATE_PATHS, toCreateBody } from "./request";
import {
  createReplySchema,
  policyReplySchema,
  readError,
  toRemoteStatus,
  toTaskPage,
  type UploadPolicy,
} from "./response";
import { testDashScope } from "./test-connection";

const HOUR_MS = 60 * 60 * 1000;
const REPLY_BYTES_MAX = 2_000_000;
const QUERY_TIMEOUT_MS = 30_000;
const CREATE_TIMEOUT_MS = 120_000;
const UPLOAD_TIMEOUT_MS = 600_000;
const LIST_PAGE_SIZE = 100;

export type DashScopeOptions = {
  /** Scheme, host and `/api/v1`. */
  baseUrl: string;
  region: Region;
  apiKey: string;
  fetch: Fetch;
  now: () => number;
};

/** Alibaba Cloud Model Studio's own API for image-to-video tasks. */
export function createDashScope(options: DashScopeOptions): VideoProvider {
  const { baseUrl, region, apiKey, fetch, now } = options;
  const authorization = { Authorization: `Bearer ${apiKey}` };
  // Learnt from the vendor's own answers; a restart asks anew.
  let readsUploads = true;

  function request(url: string, init: RequestInit, timeoutMs: number, signal: AbortSignal) {
    return requestText(fetch, url, init, { timeoutMs, bytesMax: REPLY_BYTES_MAX, secret: apiKey, signal });
  }

  function query(path: string, signal: AbortSignal, method = "GET"): Promise<HttpReply> {
    return request(baseUrl + path, { method, headers: authorization }, QUERY_TIMEOUT_MS, signal);
  }

  async function getPolicy(remoteId: string, signal: AbortSignal): Promise<UploadPolicy> {
    const path = `/uploads?action=getPolicy&model=${encodeURIComponent(remoteId)}`;
    const reply = await answered(query(path, signal), "no");
    const parsed = policyReplySchema.safeParse(reply.json);
    if (reply.status !== 200 || !parsed.success) throw uploadRefused(reply, null, now());
    return parsed.data.data;
  }

  function uploaderFor(remoteId: string, signal: AbortSignal): Uploader {
    return {
      getPolicy: () => getPolicy(remoteId, signal),
      async postForm(uploadHost, form, slot) {
        // The policy signs the upload; the key stays with us. The address came in a reply, so it is looked at first.
        await assertPublicAddress(uploadHost, new URL(baseUrl).origin).catch((cause: unknown) => {
          const message = cause instanceof Error ? cause.message : String(cause);
          const raw = { code: "upload", message, requestId: null };
          const failure = uploadFailure(slot, "The address it gave for uploads could not be used.", raw);
          throw new ProviderError({ failure, accepted: "no", isRetryable: true, cause });
        });
        const sending = request(uploadHost, { method: "POST", body: form }, UPLOAD_TIMEOUT_MS, signal);
        const reply = await answered(sending, "no");
        if (reply.status !== 200 && reply.status !== 204) throw uploadRefused(reply, slot, now());
      },
      refuseTooLarge: (slot, sizeMbMax) =>
        new ProviderError({
          failure: uploadFailure(slot, `Its temporary store takes at most ${sizeMbMax} MB.`, null),
          accepted: "no",
          isRetryable: false,
        }),
    };
  }

  async function create({ url, headers, body, sent }: PreparedStart, signal: AbortSignal) {
    const init = { method: "POST", headers: { ...authorization, ...headers }, body };
    const reply = await answered(request(url, init, CREATE_TIMEOUT_MS, signal), "unknown");
    const created = createReplySchema.safeParse(reply.json);
    if (reply.status === 200 && created.success) return { taskId: created.data.output.task_id, sent };
    throw refusedOrUnclear(reply, slotsOf(sent), now());
  }

  /** Where uploads are disputed, the person should know what would help. */
  function explainUploads(failure: Failure, sent: SentMedia | undefined): Failure {
    if (region === "cn-beijing" || !isUnreadUpload(failure, sent)) return failure;
    const hint =
      "It went by the vendor's temporary store, which this region may not read. With sign-in and PUBLIC_URL set, the vendor can fetch files from this studio instead.";
    return { ...failure, explanation: `${failure.explanation} ${hint}` };
  }

  return {
    taskLifeMs: 24 * HOUR_MS,

    // The temporary store takes what is too large for the call: there is always a way to try.
    refuseOrder: () => ({}),

    async prepare(job: StartJob, signal: AbortSignal): Promise<PreparedStart> {
      const offer = job.model.offers.dashscope;
      const site = siteAt(job.model, job.place);
      if (!offer || !site) throw new Error(`${job.model.id} is not offered by DashScope`);
      const toStart = ({ urls, sent }: Inputs): PreparedStart => ({
        url: baseUrl + CREATE_PATHS[offer.wire],
        headers: {
          "Content-Type": "application/json",
          "X-DashScope-Async": "enable",
          ...(Object.values(sent).includes("upload") && { "X-DashScope-OssResourceResolve": "enable" }),
        },
        body: JSON.stringify(
          toCreateBody({ wire: offer.wire, remoteId: site.remoteId }, urls, job.parameters),
        ),
        sent,
      });
      const inputs = await bringInputs(job.media, readsUploads, uploaderFor(site.remoteId, signal));
      return {
        ...toStart(inputs),
        ...(inputs.otherwise && { otherwise: toStart(inputs.otherwise) }),
      };
    },

    async start(prepared: PreparedStart, signal: AbortSignal): Promise<RemoteTask> {
      try {
        return await create(prepared, signal);
      } catch (error) {
        const isUnread =
          error instanceof ProviderError &&
          error.accepted === "no" &&
          isUnreadUpload(error.failure, prepared.sent);
        if (!isUnread) throw error;
        readsUploads = false;
        if (prepared.otherwise) return create(prepared.otherwise, signal);
        throw error.with(explainUploads(error.failure, prepared.sent));
      }
    },

    async check(task: RemoteTask, signal: AbortSignal): Promise<RemoteStatus> {
      const sent = slotsOf(task.sent);
      const reply = await answered(query(`/tasks/${encodeURIComponent(task.taskId)}`, signal), "unknown");
      const status = reply.status === 200 ? toRemoteStatus(reply.json, sent) : null;
      if (!status) throw refusedOrUnclear(reply, sent, now());
      if (status.kind !== "failed") return status;
      if (isUnreadUpload(status.failure, task.sent)) readsUploads = false;
      return { ...status, failure: explainUploads(status.failure, task.sent) };
    },

    async cancel(task: RemoteTask, signal: AbortSignal): Promise<"cancelled" | "too-late"> {
      const path = `/tasks/${encodeURIComponent(task.taskId)}/cancel`;
      const reply = await answered(query(path, signal, "POST"), "unknown");
      if (reply.status === 200) return "cancelled";
      if (readError(reply)?.code === "UnsupportedOperation") return "too-late";
      throw refusedOrUnclear(reply, slotsOf(task.sent), now());
    },

    async list(filter: TaskFilter, signal: AbortSignal): Promise<TaskPage> {
      const search = new URLSearchParams({
        page_no: String(filter.page ?? 1),
        page_size: String(LIST_PAGE_SIZE),
        ...(filter.modelName && { model_name: filter.modelName }),
        ...(filter.word && { status: filter.word }),
        ...(filter.taskId && { task_id: filter.taskId }),
      });
      const reply = await answered(query(`/tasks/?${search}`, signal), "unknown");
      const page = reply.status === 200 ? toTaskPage(reply.json) : null;
      if (!page) throw refusedOrUnclear(reply, [], now());
      return page;
    },

    test: (hasPublicLinks, signal) =>
      testDashScope({ host: new URL(baseUrl).host, region, hasPublicLinks }, (path) => query(path, signal)),
  };
}

function slotsOf(sent: SentMedia = {}): SlotName[] {
  return Object.keys(sent) as SlotName[];
}

function isUnreadUpload(failure: Failure, sent: SentMedia = {}): boolean {
  return failure.kind === "input-unreadable" && Object.values(sent).includes("upload");
}

/** A reply that is not the one we hoped for. Only a refusal in the vendor's own words proves that nothing started. */
function refusedOrUnclear(reply: HttpReply, sent: readonly SlotName[], now: number): ProviderError {
  const raw = readError(reply);
  if (!raw) return unclearReply(reply, now);
  const isProof =
    (reply.status >= 400 && reply.status < 500 && reply.status !== 408) ||
    (reply.status === 503 && raw.code === "ModelUnavailable");
  const { waitMs, ...refusal } = failureFor(raw, sent, isProof);
  return new ProviderError({
    ...refusal,
    accepted: isProof ? "no" : "unknown",
    retryAfterMs: readRetryAfterMs(reply.headers, now) ?? waitMs,
  });
}

function uploadRefused(reply: HttpReply, slot: SlotName | null, now: number): ProviderError {
  const raw = readError(reply);
  const retryAfterMs = readRetryAfterMs(reply.headers, now);
  if (raw) {
    const { waitMs, ...refusal } = failureFor(raw, slot ? [slot] : []);
    return new ProviderError({ ...refusal, accepted: "no", retryAfterMs: retryAfterMs ?? waitMs });
  }
  return new ProviderError({
    failure: uploadFailure(slot, "Its temporary store refused the upload.", {
      code: `HTTP ${reply.status}`,
      message: reply.text.slice(0, 500),
      requestId: null,
    }),
    accepted: "no",
    isRetryable: reply.status >= 500,
    retryAfterMs,
  });
}

function uploadFailure(slot: SlotName | null, why: string, raw: Failure["raw"]): Failure {
  return {
    kind: "upload-refused",
    title: `The vendor did not take ${fileNoun(slot)}`,
    explanation: `${why} Nothing was started and nothing was charged.`,
    input: slot,
    charged: "no",
    advice: "retry",
    raw,
  };
}
