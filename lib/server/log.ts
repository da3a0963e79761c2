import pino, { type DestinationStream, type Logger } from "pino";
import { readLogContext } from "./log-context";

export type Log = Logger;

/** What people write and see stays between them and the vendor, whatever object it comes in. */
const PRIVATE_FIELDS = /prompt$|^(apiKey|authorization|cookie|body|reply|fileName)$/i;
const DEPTH_MAX = 8;

/** Where a stack tells where our own code is wrong. Below it stands what is expected to fail and is tried again. */
const STACKS_FROM = pino.levels.values.error ?? 50;

/**
 * One JSON line an event, with the ids of the request and the generation that it belongs to. Keys and signed addresses
 * are struck out wherever they stand; `secrets` are struck out as they are. Errors come with their stacks in lines from
 * `error` on, and in all of them where the level is `debug`.
 */
export function createLog(
  level: string,
  secrets: readonly (string | null)[] = [],
  destination: DestinationStream = pino.destination(1),
): Log {
  const strike = (text: string) =>
    secrets.reduce<string>(
      (left, secret) => (secret ? left.replaceAll(secret, "…") : left),
      redactSecrets(text),
    );

  // A line is cleaned in the very call that writes it.
  let hasStacks = true;

  function clean(value: unknown, depth = 0): unknown {
    if (typeof value === "string") return strike(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth === DEPTH_MAX) return "…";
    if (value instanceof Error) return clean(plainError(value, hasStacks), depth + 1);
    if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => {
        if (name === "failure") return [name, clean(vendorFacts(field), depth + 1)];
        return [name, PRIVATE_FIELDS.test(name) && field !== null ? "…" : clean(field, depth + 1)];
      }),
    );
  }

  return pino(
    {
      level,
      base: null,
      mixin: () => readLogContext(),
      hooks: {
        logMethod(words, write, lineLevel) {
          hasStacks = lineLevel >= STACKS_FROM || level === "debug";
          write.apply(this, words);
        },
      },
      formatters: { log: (fields) => clean(fields) as Record<string, unknown> },
    },
    destination,
  );
}

/**
 * The error and its causes. Of a vendor's refusal its code and request id: its words, or a reply that could not be
 * read, may repeat the prompt and signed links. The person finds them on the card.
 */
function plainError(error: Error, hasStack: boolean): Record<string, unknown> {
  const { name, message, stack = "", cause } = error;
  const isVendors = "failure" in error;
  return {
    name,
    ...(isVendors ? vendorFacts(error.failure) : { message }),
    ...(hasStack && { stack: isVendors ? stack.slice(Math.max(0, stack.indexOf("\n    at "))) : stack }),
    ...("code" in error && typeof error.code === "string" && { code: error.code }),
    ...("requestId" in error && { vendorRequestId: error.requestId }),
    ...(cause !== undefined && { cause }),
  };
}

function vendorFacts(failure: unknown): Record<string, unknown> {
  const { kind, raw } = (failure ?? {}) as {
    kind?: unknown;
    raw?: { code?: unknown; requestId?: unknown } | null;
  };
  return { kind, vendorCode: raw?.code, vendorRequestId: raw?.requestId };
}

/** Strikes out API keys and the signatures of signed links. */
export function redactSecrets(text: string): string {
  return text
    .replace(/sk-[A-Za-z0-9._-]{4,}/g, "sk-…")
    .replace(/Bearer\s+[^\s"',]+/gi, "Bearer …")
    .replace(/(:\/\/[^\s/:@]+:)[^\s/@]+@/g, "$1…@")
    .replace(/(\/(?:api\/media|api\/shares|s)\/)[^/\s"']+/g, "$1…")
    .replace(
      /([?&](?:Signature|OSSAccessKeyId|X-(?:Amz|Goog)-(?:Signature|Credential|Security-Token)|x-oss-(?:signature|credential|security-token)|security-token|access_token|token|sig|auth_key|Policy|Key-Pair-Id)=)[^&\s"']+/gi,
      "$1…",
    );
}
