export type Fetch = typeof globalThis.fetch;

export type HttpReply = {
  status: number;
  headers: Headers;
  text: string;
  /** Undefined where the body is no JSON. */
  json: unknown;
};

/** No whole reply came. `wasSent: false` only where the connection surely never opened. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly wasSent: boolean;

  constructor(message: string, wasSent: boolean, cause: unknown) {
    super(message, { cause });
    this.wasSent = wasSent;
  }
}

type Errno = { code: string; syscall: string | null };

/**
 * Vendors' keys have 32 characters and more. A shorter one is a placeholder for a service that takes any, such as `key`
 * for the emulator: its letters stand in addresses and names too, and a reply without them could not be read.
 */
const SECRET_LENGTH_MIN = 12;

const NEVER_OPENED = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/**
 * One request, its whole reply read up to `bytesMax`, with `secret` struck out wherever the reply repeats it. Redirects are not followed: a key goes to the configured
 * origin only. Throws a TransportError where no whole reply came within `timeoutMs`.
 */
export async function requestText(
  fetch: Fetch,
  url: string,
  init: RequestInit,
  limits: { timeoutMs: number; bytesMax: number; secret: string | null; signal?: AbortSignal },
): Promise<HttpReply> {
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  const signal = limits.signal ? AbortSignal.any([limits.signal, timeout]) : timeout;
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal });
    const whole = await readText(response, limits.bytesMax);
    const text = limits.secret === null ? whole : withoutSecret(whole, limits.secret);
    return { status: response.status, headers: response.headers, text, json: parseJson(text) };
  } catch (cause) {
    if (timeout.aborted)
      throw new TransportError(`No answer within ${limits.timeoutMs / 1000} s`, true, cause);
    const failures = findErrnos(cause);
    throw new TransportError(
      failures[0] ? `The connection failed (${failures[0].code})` : "The connection failed",
      !neverOpened(failures),
      cause,
    );
  }
}

function withoutSecret(text: string, secret: string): string {
  return secret.length < SECRET_LENGTH_MIN ? text : text.replaceAll(secret, "…");
}

async function readText(response: Response, bytesMax: number): Promise<string> {
  if (!response.body) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > bytesMax) throw new Error(`The reply is larger than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A route can be lost on an open connection too: only failed look-ups and connects prove that nothing went out. */
function neverOpened(failures: readonly Errno[]): boolean {
  return (
    failures.length > 0 &&
    failures.every(
      ({ code, syscall }) => NEVER_OPENED.has(code) || syscall === "connect" || syscall === "getaddrinfo",
    )
  );
}

/** What failed at the bottom: one thing, or one for each address of a host that has several. */
function findErrnos(error: unknown): Errno[] {
  for (let at = error; at instanceof Error; at = at.cause) {
    // It carries the code of its first error, but not what was being done.
    if (at instanceof AggregateError && at.errors.length > 0) return at.errors.flatMap(findErrnos);
    if ("code" in at && typeof at.code === "string") {
      return [
        { code: at.code, syscall: "syscall" in at && typeof at.syscall === "string" ? at.syscall : null },
      ];
    }
  }
  return [];
}

/** `Retry-After` in milliseconds from `now`, whether it gives seconds or a date; null where absent or unreadable. */
export function readRetryAfterMs(headers: Headers, now: number): number | null {
  const value = headers.get("retry-after");
  if (value === null) return null;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
