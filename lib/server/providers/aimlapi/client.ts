import { randomUUID } from "node:crypto";
import type { ConnectionCheck } from "@/lib/domain/connection";
import type { SlotName } from "@/lib/domain/models/model";
import { siteAt } from "@/lib/domain/models/offer";
import { noWay } from "@/lib/domain/refuse-order";
import { answered, unclearReply } from "../clear-answer";
import { type Fetch, type HttpReply, readRetryAfterMs, requestText, TransportError } from "../http";
import {
  type PreparedStart,
  ProviderError,
  type RemoteStatus,
  type RemoteTask,
  type SentMedia,
  type StartJob,
  type VideoProvider,
} from "../provider";
import { failureForStatus } from "./failures";
import { bringInputs } from "./inputs";
import { GENERATIONS_PATH, toCreateBody } from "./request";
import { createdSchema, generationSchema, isAnswer, readError, toRemoteStatus } from "./response";

const REPLY_BYTES_MAX = 2_000_000;
const QUERY_TIMEOUT_MS = 30_000;
const CREATE_TIMEOUT_MS = 120_000;
/** How long the gateway remembers a task is not published; this is what the vendor behind it keeps. */
const TASK_LIFE_MS = 24 * 60 * 60 * 1000;

export type AimlapiOptions = { baseUrl: string; apiKey: string; fetch: Fetch; now: () => number };

/** The AI/ML API gateway. It has no upload, no list and no way to take a task back. */
export function createAimlapi({ baseUrl, apiKey, fetch, now }: AimlapiOptions): VideoProvider {
  const authorization = { Authorization: `Bearer ${apiKey}` };
  const address = baseUrl + GENERATIONS_PATH;

  function request(url: string, init: RequestInit, timeoutMs: number, signal: AbortSignal) {
    return requestText(fetch, url, init, { timeoutMs, bytesMax: REPLY_BYTES_MAX, secret: apiKey, signal });
  }

  function query(id: string, signal: AbortSignal, headers: HeadersInit = authorization): Promise<HttpReply> {
    const url = `${address}?generation_id=${encodeURIComponent(id)}`;
    return request(url, { headers }, QUERY_TIMEOUT_MS, signal);
  }

  return {
    taskLifeMs: TASK_LIFE_MS,

    async prepare(job: StartJob): Promise<PreparedStart> {
      const site = siteAt(job.model, { vendor: "aimlapi" });
      if (!site) throw new Error(`${job.model.id} is not offered by AI/ML API`);
      const { urls, sent, unreachable } = await bringInputs(job.media);
      const file = unreachable && job.media[unreachable];
      if (unreachable && file)
        throw unreachableInput(unreachable, noWay({ place: { vendor: "aimlapi" } }, unreachable, file));
      return {
        url: address,
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(toCreateBody(site.remoteId, urls, job.parameters)),
        sent,
      };
    },

    async start({ url, headers, body, sent }: PreparedStart, signal: AbortSignal): Promise<RemoteTask> {
      const init = { method: "POST", headers: { ...authorization, ...headers }, body };
      const reply = await answered(request(url, init, CREATE_TIMEOUT_MS, signal), "unknown");
      const created = createdSchema.safeParse(reply.json);
      if (isAnswer(reply) && created.success) {
        const usage = created.data.meta?.usage;
        return { taskId: created.data.id, sent, ...(usage ? { usage } : {}) };
      }
      throw refusedOrUnclear(reply, slotsOf(sent), now());
    },

    async check(task: RemoteTask, signal: AbortSignal): Promise<RemoteStatus> {
      const reply = await answered(query(task.taskId, signal), "unknown");
      if (reply.status === 404 && readError(reply)) return { kind: "expired", word: "404" };
      const status = isAnswer(reply) ? toRemoteStatus(reply.json, slotsOf(task.sent)) : null;
      if (!status) throw refusedOrUnclear(reply, slotsOf(task.sent), now());
      // By its page the gateway tells what it takes when it accepts, and need not tell it again.
      return status.kind === "succeeded" ? { ...status, usage: status.usage ?? task.usage ?? null } : status;
    },

    async test(hasPublicLinks: boolean, signal: AbortSignal): Promise<ConnectionCheck[]> {
      return [
        await testKey(new URL(baseUrl).host, (withKey) =>
          query(randomUUID(), signal, withKey ? authorization : {}),
        ),
        {
          subject: "models",
          verdict: "unknown",
          message:
            "By the gateway's pages it has Wan 2.7. Whether this account may use it shows with its first clip.",
        },
        {
          subject: "upload",
          verdict: hasPublicLinks ? "good" : "unknown",
          message: hasPublicLinks
            ? "Pictures up to 7 MB travel inside the call; sounds and larger pictures are fetched by a link."
            : "Pictures up to 7 MB travel inside the call. Sounds and larger pictures need sign-in and PUBLIC_URL, or a bucket with S3_PUBLIC_ENDPOINT.",
        },
      ];
    },
  };
}

/**
 * A task that cannot exist. A gateway that refuses the same question without a key has looked at the key; one that
 * answers alike says nothing about it (a wrong address answers 404 to everybody).
 */
async function testKey(
  host: string,
  ask: (withKey: boolean) => Promise<HttpReply>,
): Promise<ConnectionCheck> {
  const subject = "key";
  let reply: HttpReply;
  let control: HttpReply | null;
  try {
    reply = await ask(true);
    control = isKnown(reply) ? await ask(false) : null;
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    return { subject, verdict: "unknown", message: `${host} could not be reached. ${error.message}.` };
  }
  const raw = readError(reply);
  const words = raw?.message ?? `HTTP ${reply.status}`;
  if (reply.status === 401 && raw)
    return { subject, verdict: "bad", message: "The key was refused: it is missing or wrong." };
  if (reply.status === 403 && raw)
    return { subject, verdict: "bad", message: `The key may not do this. The vendor's words: ${words}` };
  if (control && [401, 403].includes(control.status)) {
    const message = `${host} took the key, and refuses the same question without it.`;
    return { subject, verdict: "good", message };
  }
  if (control) {
    const message = `${host} answers the same without a key, so its answer says nothing about the key. Look at AIMLAPI_BASE_URL.`;
    return { subject, verdict: "unknown", message };
  }
  return { subject, verdict: "unknown", message: `${host} gave no clear answer: ${words}` };
}

function isKnown(reply: HttpReply): boolean {
  return (
    (isAnswer(reply) && generationSchema.safeParse(reply.json).success) ||
    (reply.status === 404 && readError(reply) !== null)
  );
}

function slotsOf(sent: SentMedia = {}): SlotName[] {
  return Object.keys(sent) as SlotName[];
}

/** Only a 4xx in the gateway's own words proves that nothing was started; 408 is said of a request that was under way. */
function refusedOrUnclear(reply: HttpReply, sent: readonly SlotName[], now: number): ProviderError {
  const raw = readError(reply);
  if (!raw || reply.status < 400) return unclearReply(reply, now);
  const isProof = reply.status < 500 && reply.status !== 408;
  return new ProviderError({
    ...failureForStatus(reply.status, raw, sent, isProof),
    accepted: isProof ? "no" : "unknown",
    retryAfterMs: readRetryAfterMs(reply.headers, now),
  });
}

function unreachableInput(slot: SlotName, why: string): ProviderError {
  return new ProviderError({
    failure: {
      kind: "input-unreachable",
      title: "The vendor cannot reach one of the files",
      explanation: `${why} Nothing was sent and nothing was charged.`,
      input: slot,
      charged: "no",
      advice: "change-and-retry",
      raw: null,
    },
    accepted: "no",
    isRetryable: false,
  });
}
