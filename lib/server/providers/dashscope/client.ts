import type { Failure } from "@/lib/domain/failure";
import { siteAt } from "@/lib/domain/models/offer";
import { type Fetch, type HttpReply, readRetryAfterMs, requestText, TransportError } from "../http";
import {
  type PreparedStart,
  ProviderError,
  type RemoteStatus,
  type RemoteTask,
  type StartJob,
  type VideoProvider,
} from "../provider";
import { failureFor } from "./failures";
import { toReadableUrls } from "./inputs";
import { CREATE_PATHS, toCreateBody } from "./request";
import {
  createReplySchema,
  errorReplySchema,
  policyReplySchema,
  toRemoteStatus,
  type UploadPolicy,
} from "./response";

const HOUR_MS = 60 * 60 * 1000;
const REPLY_BYTES_MAX = 2_000_000;
const QUERY_TIMEOUT_MS = 30_000;
const CREATE_TIMEOUT_MS = 120_000;
const UPLOAD_TIMEOUT_MS = 600_000;

export type DashScopeOptions = {
  /** Scheme, host and `/api/v1`. */
  baseUrl: string;
  apiKey: string;
  fetch: Fetch;
  now: () => number;
};

/** Alibaba Cloud Model Studio's own API for image-to-video tasks. */
export function createDashScope({ baseUrl, apiKey, fetch, now }: DashScopeOptions): VideoProvider {
  const authorization = { Authorization: `Bearer ${apiKey}` };

  async function getPolicy(remoteId: string, signal: AbortSignal): Promise<UploadPolicy> {
    const reply = await send(
      requestText(
        fetch,
        `${baseUrl}/uploads?action=getPolicy&model=${encodeURIComponent(remoteId)}`,
        { headers: authorization },
        { timeoutMs: QUERY_TIMEOUT_MS, bytesMax: REPLY_BYTES_MAX, secret: apiKey, signal },
      ),
      "no",
    );
    const parsed = policyReplySchema.safeParse(reply.json);
    if (reply.status !== 200 || !parsed.success) throw uploadRefused(reply, now());
    return parsed.data.data;
  }

  async function postForm(uploadHost: string, form: FormData, signal: AbortSignal): Promise<void> {
    // The policy signs the upload; the key stays with us.
    const reply = await send(
      requestText(
        fetch,
        uploadHost,
        { method: "POST", body: form },
        { timeoutMs: UPLOAD_TIMEOUT_MS, bytesMax: REPLY_BYTES_MAX, secret: apiKey, signal },
      ),
      "no",
    );
    if (reply.status !== 200 && reply.status !== 204) throw uploadRefused(reply, now());
  }

  return {
    taskLifeMs: 24 * HOUR_MS,

    async prepare(job: StartJob, signal: AbortSignal): Promise<PreparedStart> {
      const offer = job.model.offers.dashscope;
      const site = siteAt(job.model, job.place);
      if (!offer || !site) throw new Error(`${job.model.id} is not offered by DashScope`);
      const { urls, usesOss } = await toReadableUrls(job.media, {
        getPolicy: () => getPolicy(site.remoteId, signal),
        postForm: (host, form) => postForm(host, form, signal),
      });
      return {
        url: baseUrl + CREATE_PATHS[offer.wire],
        headers: {
          "Content-Type": "application/json",
          "X-DashScope-Async": "enable",
          ...(usesOss && { "X-DashScope-OssResourceResolve": "enable" }),
        },
        body: JSON.stringify(
          toCreateBody({ wire: offer.wire, remoteId: site.remoteId }, urls, job.parameters),
        ),
      };
    },

    async start({ url, headers, body }: PreparedStart, signal: AbortSignal): Promise<RemoteTask> {
      const reply = await send(
        requestText(
          fetch,
          url,
          { method: "POST", headers: { ...authorization, ...headers }, body },
          { timeoutMs: CREATE_TIMEOUT_MS, bytesMax: REPLY_BYTES_MAX, secret: apiKey, signal },
        ),
        "unknown",
      );
      const created = createReplySchema.safeParse(reply.json);
      if (reply.status === 200 && created.success) return { taskId: created.data.output.task_id };
      throw refusedOrUnclear(reply, now());
    },

    async check(task: RemoteTask, signal: AbortSignal): Promise<RemoteStatus> {
      const reply = await send(
        requestText(
          fetch,
          `${baseUrl}/tasks/${encodeURIComponent(task.taskId)}`,
          { headers: authorization },
          { timeoutMs: QUERY_TIMEOUT_MS, bytesMax: REPLY_BYTES_MAX, secret: apiKey, signal },
        ),
        "unknown",
      );
      const status = reply.status === 200 ? toRemoteStatus(reply.json) : null;
      if (!status) throw refusedOrUnclear(reply, now());
      return status;
    },
  };
}

/** A reply that is not the one we hoped for. Only a refusal in the vendor's own words proves that nothing started. */
function refusedOrUnclear(reply: HttpReply, now: number): ProviderError {
  const body = errorReplySchema.safeParse(reply.json);
  const retryAfterMs = readRetryAfterMs(reply.headers, now);
  if (!body.success) {
    return new ProviderError({
      failure: unclear(`HTTP ${reply.status}`, reply.text.slice(0, 500)),
      accepted: "unknown",
      isRetryable: true,
      retryAfterMs,
    });
  }
  const { code, message, request_id } = body.data;
  const { failure, isRetryable } = failureFor({
    code,
    message: message ?? "",
    requestId: request_id ?? null,
  });
  const isProof =
    (reply.status >= 400 && reply.status < 500) || (reply.status === 503 && code === "ModelUnavailable");
  return new ProviderError({ failure, accepted: isProof ? "no" : "unknown", isRetryable, retryAfterMs });
}

/** `ifCutOff` says what a reply that never came proves about a start. */
async function send(reply: Promise<HttpReply>, ifCutOff: "no" | "unknown"): Promise<HttpReply> {
  try {
    return await reply;
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    throw new ProviderError({
      failure: unclear("connection", error.message),
      accepted: error.wasSent ? ifCutOff : "no",
      isRetryable: true,
      cause: error,
    });
  }
}

function uploadRefused(reply: HttpReply, now: number): ProviderError {
  const body = errorReplySchema.safeParse(reply.json);
  const retryAfterMs = readRetryAfterMs(reply.headers, now);
  if (body.success) {
    const { code, message, request_id } = body.data;
    const { failure, isRetryable } = failureFor({
      code,
      message: message ?? "",
      requestId: request_id ?? null,
    });
    return new ProviderError({ failure, accepted: "no", isRetryable, retryAfterMs });
  }
  return new ProviderError({
    failure: {
      kind: "upload-refused",
      title: "The vendor did not take the picture",
      explanation: "Its temporary store refused the upload. Nothing was started and nothing was charged.",
      input: "firstFrame",
      charged: "no",
      advice: "retry",
      raw: { code: `HTTP ${reply.status}`, message: reply.text.slice(0, 500), requestId: null },
    },
    accepted: "no",
    // An expired policy is replaced by the next try's own.
    isRetryable: reply.status >= 500 || /policy expired/i.test(reply.text),
    retryAfterMs,
  });
}

function unclear(code: string, message: string): Failure {
  return {
    kind: "no-clear-answer",
    title: "The vendor could not be reached",
    explanation: "No clear answer came back.",
    input: null,
    charged: "unknown",
    advice: "retry-later",
    raw: { code, message, requestId: null },
  };
}
