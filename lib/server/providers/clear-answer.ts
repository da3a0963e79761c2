import type { Failure } from "@/lib/domain/failure";
import { type HttpReply, readRetryAfterMs, TransportError } from "./http";
import { ProviderError } from "./provider";

/** The reply, or a ProviderError; `ifCutOff` says what a reply that never came proves about a start. */
export async function answered(reply: Promise<HttpReply>, ifCutOff: "no" | "unknown"): Promise<HttpReply> {
  try {
    return await reply;
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const accepted = error.wasSent ? ifCutOff : "no";
    throw new ProviderError({
      failure: {
        ...unclear("connection", error.message),
        ...(accepted === "no" && NOTHING_STARTED),
      },
      accepted,
      isRetryable: true,
      cause: error,
    });
  }
}

/** A reply that is neither what we hoped for nor an error in the vendor's own words: it proves nothing. */
export function unclearReply(reply: HttpReply, now: number): ProviderError {
  return new ProviderError({
    failure: unclear(`HTTP ${reply.status}`, reply.text.slice(0, 500)),
    accepted: "unknown",
    isRetryable: true,
    retryAfterMs: readRetryAfterMs(reply.headers, now),
  });
}

const NOTHING_STARTED = {
  explanation: "Nothing was started there, so nothing was charged.",
  charged: "no",
} as const;

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
