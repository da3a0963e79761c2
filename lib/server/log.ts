import pino, { type Logger } from "pino";

export type Log = Logger;

/** One JSON line an event. Keys and signed addresses are struck out wherever they stand. */
export function createLog(level: string): Log {
  return pino({
    level,
    base: null,
    redact: {
      paths: ["apiKey", "*.apiKey", "authorization", "*.authorization", "headers.cookie"],
      censor: "…",
    },
    serializers: { error: serializeError },
  });
}

/** The error and its causes, without keys or signatures that a vendor's message may repeat. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return redactSecrets(String(error));
  return {
    name: error.name,
    message: redactSecrets(error.message),
    stack: error.stack ? redactSecrets(error.stack) : undefined,
    ...("requestId" in error && { requestId: error.requestId }),
    ...(error.cause !== undefined && { cause: serializeError(error.cause) }),
  };
}

/** Strikes out API keys and the signatures of signed links. */
export function redactSecrets(text: string): string {
  return text
    .replace(/sk-[A-Za-z0-9._-]{4,}/g, "sk-…")
    .replace(/Bearer\s+[^\s"',]+/gi, "Bearer …")
    .replace(/(\/(?:api\/media|api\/shares|s)\/)[^/\s"']+/g, "$1…")
    .replace(/([?&](?:Signature|OSSAccessKeyId|X-Amz-Signature)=)[^&\s"']+/g, "$1…");
}
