import type { Failure } from "@/lib/domain/failure";
import { type HttpReply, readRetryAfterMs, TransportError } from "./http";
import { ProviderError } from "./provider";

/** The reply, or a ProviderError; `ifCutOff` says what a reply that never came proves about a start. */
export async function answered(reply: Promise<HttpReply>, ifCutOff: "no" | "unknown"): Promise<HttpReply> {
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

/** A reply that is neither what we hoped for nor an error in the vendor's own words: it proves nothing. */
export function unclearReply(reply: HttpReply, now: number): ProviderError {
  return new ProviderError({
    failure: unclear(`HTTP ${reply.status}`, reply.text.slice(0, 500)),
    accepted: "unknown",
    isRetryable: true,
    retryAfterMs: readRetryAfterMs(reply.headers, now),
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
