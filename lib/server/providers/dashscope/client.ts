import type { ConnectionPlace } from "@/lib/domain/connection";
import type { Region } from "@/lib/domain/models/model";
import { siteAt } from "@/lib/domain/models/offer";
import { answered, unclearReply } from "../clear-answer";
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
import { assertPublicAddress } from "../public-address";
import { failureFor } from "./failures";
import { bringInputs, postFile, type Uploader } from "./inputs";
import { CREATE_PATHS, toCreateBody } from "./request";
import {
  createReplySchema,
  policyReplySchema,
  readError,
  toRemoteStatus,
  toTaskPage,
  type UploadPolicy,
} from "./response";
import { testDashScope, testFile } from "./test-connection";
import { explainUnread, findUnreadWay, suspectsOf } from "./unread-inputs";
import { uploadHostRefused, uploadRefused } from "./upload-failures";

const HOUR_MS = 60 * 60 * 1000;
const REPLY_BYTES_MAX = 2_000_000;
const QUERY_TIMEOUT_MS = 30_000;
const CREATE_TIMEOUT_MS = 120_000;
const UPLOAD_TIMEOUT_MS = 600_000;
// The largest page that the vendor gives is not published; what its page shows surely works.
const LIST_PAGE_SIZE_WANTED = 100;
const LIST_PAGE_SIZE_DOCUMENTED = 10;
/** How long an upload that was not read makes links the first way. */
const UNREAD_MEMORY_MS = 6 * HOUR_MS;

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
  const place: ConnectionPlace = { vendor: "dashscope", region };
  // Learnt from the vendor's own answers, and forgotten again; a restart asks anew.
  let uploadsUnreadUntil = 0;
  let listPageSize = LIST_PAGE_SIZE_WANTED;

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
          throw uploadHostRefused(slot, cause);
        });
        const sending = request(uploadHost, { method: "POST", body: form }, UPLOAD_TIMEOUT_MS, signal);
        const reply = await answered(sending, "no");
        if (reply.status !== 200 && reply.status !== 204) throw uploadRefused(reply, slot, now());
      },
    };
  }

  /** What an answer to files that went by upload says of uploads here, beyond the one order. */
  function learn(unread: ReturnType<typeof findUnreadWay>): void {
    if (region !== "cn-beijing" && unread?.isSure && unread.way === "upload") {
      uploadsUnreadUntil = now() + UNREAD_MEMORY_MS;
    }
  }

  return {
    taskLifeMs: 24 * HOUR_MS,

    async prepare(job: StartJob, signal: AbortSignal): Promise<PreparedStart> {
      const offer = job.model.offers.dashscope;
      const site = siteAt(job.model, job.place);
      if (!offer || !site) throw new Error(`${job.model.id} is not offered by DashScope`);
      const choice = { prefersLinks: now() < uploadsUnreadUntil, unreadWays: job.unreadWays ?? [] };
      const { urls, ...inputs } = await bringInputs(job.media, choice, uploaderFor(site.remoteId, signal));
      return {
        url: baseUrl + CREATE_PATHS[offer.wire],
        headers: {
          "Content-Type": "application/json",
          "X-DashScope-Async": "enable",
          ...(Object.values(inputs.sent).includes("upload") && {
            "X-DashScope-OssResourceResolve": "enable",
          }),
        },
        body: JSON.stringify(
          toCreateBody({ wire: offer.wire, remoteId: site.remoteId }, urls, job.parameters),
        ),
        ...inputs,
      };
    },

    async start({ url, headers, body, ...inputs }: PreparedStart, signal: AbortSignal): Promise<RemoteTask> {
      const init = { method: "POST", headers: { ...authorization, ...headers }, body };
      const reply = await answered(request(url, init, CREATE_TIMEOUT_MS, signal), "unknown");
      const created = createReplySchema.safeParse(reply.json);
      // 200 is what the pages say; a task that is named is paid for whichever of them it comes with.
      const isTaken = reply.status >= 200 && reply.status < 300 && created.success;
      if (isTaken) return { taskId: created.data.output.task_id, ...inputs };
      const error = refusedOrUnclear(reply, inputs.sent, now());
      const unread = error.accepted === "no" ? findUnreadWay(error.failure, inputs.sent) : null;
      learn(unread);
      if (unread && inputs.spareWays?.includes(unread.way)) throw error.with({ unreadWay: unread.way });
      throw error.with({ failure: explainUnread(error.failure, inputs, place) });
    },

    async check({ taskId, ...inputs }: RemoteTask, signal: AbortSignal): Promise<RemoteStatus> {
      const { sent = {} } = inputs;
      const reply = await answered(query(`/tasks/${encodeURIComponent(taskId)}`, signal), "unknown");
      const status = reply.status === 200 ? toRemoteStatus(reply.json, sent) : null;
      if (!status) throw refusedOrUnclear(reply, sent, now());
      if (status.kind === "succeeded" && Object.values(sent).includes("upload")) uploadsUnreadUntil = 0;
      if (status.kind !== "failed") return status;
      const unread = findUnreadWay(status.failure, sent);
      learn(unread);
      if (unread && inputs.spareWays?.includes(unread.way)) return { ...status, unreadWay: unread.way };
      return { ...status, failure: explainUnread(status.failure, inputs, place) };
    },

    async cancel(task: RemoteTask, signal: AbortSignal): Promise<"cancelled" | "too-late"> {
      const path = `/tasks/${encodeURIComponent(task.taskId)}/cancel`;
      const reply = await answered(query(path, signal, "POST"), "unknown");
      if (reply.status === 200) return "cancelled";
      if (readError(reply)?.code === "UnsupportedOperation") return "too-late";
      throw refusedOrUnclear(reply, task.sent, now());
    },

    async list(filter: TaskFilter, signal: AbortSignal): Promise<TaskPage> {
      // Without a window it is the vendor's own, the last 24 hours: the clock that a window is told by is not published.
      const ask = (pageSize: number) => {
        const search = new URLSearchParams({
          page_no: String(filter.page ?? 1),
          page_size: String(pageSize),
          ...(filter.modelName && { model_name: filter.modelName }),
          ...(filter.word && { status: filter.word }),
          ...(filter.taskId && { task_id: filter.taskId }),
        });
        return answered(query(`/tasks/?${search}`, signal), "unknown");
      };
      let reply = await ask(listPageSize);
      if (readError(reply)?.code === "InvalidParameter" && listPageSize > LIST_PAGE_SIZE_DOCUMENTED) {
        listPageSize = LIST_PAGE_SIZE_DOCUMENTED;
        // A later page of another size would leave a gap: the reader starts again.
        if ((filter.page ?? 1) === 1) reply = await ask(listPageSize);
      }
      const page = reply.status === 200 ? toTaskPage(reply.json, filter.page ?? 1) : null;
      if (!page) throw refusedOrUnclear(reply, {}, now());
      return page;
    },

    test(hasPublicLinks, signal) {
      const ask = (path: string, withKey: boolean) =>
        withKey ? query(path, signal) : request(baseUrl + path, {}, QUERY_TIMEOUT_MS, signal);
      const post = (policy: UploadPolicy) =>
        postFile(policy, testFile(), null, uploaderFor("", signal)).then(() => {});
      return testDashScope({ host: new URL(baseUrl).host, region, hasPublicLinks }, { ask, post });
    },
  };
}

/** A reply that is not the one we hoped for. Only a refusal in the vendor's own words proves that nothing started. */
function refusedOrUnclear(reply: HttpReply, sent: SentMedia | undefined, now: number): ProviderError {
  const raw = readError(reply);
  if (!raw) return unclearReply(reply, now);
  const isProof =
    (reply.status >= 400 && reply.status < 500 && reply.status !== 408) ||
    (reply.status === 503 && raw.code === "ModelUnavailable");
  const { waitMs, ...refusal } = failureFor(raw, suspectsOf(raw, sent ?? {}), isProof);
  return new ProviderError({
    ...refusal,
    accepted: isProof ? "no" : "unknown",
    retryAfterMs: readRetryAfterMs(reply.headers, now) ?? waitMs,
  });
}
