import type { Failure } from "@/lib/domain/failure";
import type { SlotName } from "@/lib/domain/models/model";
import { type HttpReply, readRetryAfterMs } from "../http";
import { ProviderError } from "../provider";
import { capitalised, fileNoun } from "../sent-inputs";
import { failureFor } from "./failures";
import { readError } from "./response";

/** The store, or the office that gives permission to use it, said no. Nothing of the order has been started. */
export function uploadRefused(reply: HttpReply, slot: SlotName | null, now: number): ProviderError {
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

/** The address for uploads came in a reply and leads where nothing may be sent. */
export function uploadHostRefused(slot: SlotName | null, cause: unknown): ProviderError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const raw = { code: "upload", message, requestId: null };
  const failure = uploadFailure(slot, "The address it gave for uploads could not be used.", raw);
  return new ProviderError({ failure, accepted: "no", isRetryable: true, cause });
}

export function tooLargeForStore(slot: SlotName, sizeMbMax: number): ProviderError {
  return new ProviderError({
    failure: uploadFailure(slot, `Its temporary store takes at most ${sizeMbMax} MB.`, null),
    accepted: "no",
    isRetryable: false,
  });
}

/** Every way that this file had was tried, or is no longer set up. */
export function noWayLeft(slot: SlotName): ProviderError {
  return new ProviderError({
    failure: {
      kind: "input-unreachable",
      title: `The vendor cannot reach ${fileNoun(slot)}`,
      explanation: `${capitalised(fileNoun(slot))} could not be read from the vendor's own store, and this studio has no public link to it: that needs sign-in and PUBLIC_URL, or a bucket with S3_PUBLIC_ENDPOINT. Nothing was charged.`,
      input: slot,
      charged: "no",
      advice: "ask-operator",
      raw: null,
    },
    accepted: "no",
    isRetryable: false,
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
