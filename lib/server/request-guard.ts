import type { IncomingHttpHeaders } from "node:http";

/**
 * `local`: nobody signs in, so whoever reaches the server is the owner, and only this machine's own browser may.
 * `signed-in`: the session says who asks; only changes need to be shown to come from our own pages.
 */
export type GuardPolicy = { kind: "local" } | { kind: "signed-in"; publicOrigin: string | null };

export type GuardedRequest = { method: string; url: string; headers: IncomingHttpHeaders };
export type Refusal = { status: 400 | 403; message: string };

/**
 * Looks at a request before Next does (Next itself adds X-Forwarded-* headers, so that afterwards nobody can tell).
 *
 * It does not cover other programs on this machine: without a sign-in they are as much the owner as the browser is.
 */
export function refuseRequest(request: GuardedRequest, policy: GuardPolicy): Refusal | null {
  // A proxy's form, `GET http://elsewhere/`: its host would win over the Host header.
  if (!request.url.startsWith("/") && request.url !== "*") {
    return { status: 400, message: "The address in the request line must begin with a slash." };
  }
  if (!request.headers.host) return { status: 400, message: "The request names no host." };
  if (policy.kind === "local" && isProbe(request)) return refuseForeignPage(request);
  return policy.kind === "local" ? refuseLocally(request) : refuseChange(request, policy.publicOrigin);
}

/**
 * A health probe comes by whatever name or address its monitor has for this machine. It learns counts and times, which
 * is also all that a hostile name pointed at this machine would learn.
 */
function isProbe({ method, url }: GuardedRequest): boolean {
  return (method === "GET" || method === "HEAD") && /^\/api\/health(\/live)?$/.test(url);
}

function refuseLocally({ method, headers }: GuardedRequest): Refusal | null {
  // Also what stops DNS rebinding: a hostile name that was pointed at this machine still stands in Host.
  if (!isLoopbackHost(headers.host)) {
    return forbidden(
      `This studio has no sign-in, so it answers only to 127.0.0.1 and localhost, not to "${shown(headers.host)}". Configure a sign-in method to open it to others.`,
    );
  }
  const proxyHeader = Object.keys(headers).find(isProxyHeader);
  if (proxyHeader) {
    return forbidden(
      `This studio has no sign-in, and the request came through a proxy (it carries ${shown(proxyHeader)}). Configure a sign-in method to open it to others.`,
    );
  }
  return refuseForeignPage({ method, headers });
}

function refuseForeignPage({ method, headers }: Pick<GuardedRequest, "method" | "headers">): Refusal | null {
  if (headers.origin !== undefined && !isOriginOf(headers.origin, headers.host))
    return foreignPage(headers.origin);
  const site = headers["sec-fetch-site"];
  const isForeign = site === "cross-site" || site === "same-site";
  return isForeign && !isTopLevelNavigation(method, headers) ? foreignPage("another site") : null;
}

function refuseChange({ method, headers }: GuardedRequest, publicOrigin: string | null): Refusal | null {
  if (method === "GET" || method === "HEAD" || method === "OPTIONS") return null;
  const { origin } = headers;
  if (origin !== undefined) {
    // A proxy may rewrite Host; then PUBLIC_URL says what our pages are called.
    return origin === publicOrigin || isOriginOf(origin, headers.host) ? null : foreignPage(origin);
  }
  // A browser names the origin with every change; a program has no cookie that a page could misuse.
  const site = headers["sec-fetch-site"];
  return site === undefined || site === "same-origin" || site === "none" ? null : foreignPage("another site");
}

/** Any port: `ssh -L 8080:127.0.0.1:3000` is the owner at work, and Origin keeps other local pages out. */
function isLoopbackHost(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host ?? "");
}

/** Whether only this machine can reach an address of this name. */
export function isLoopbackAddress(host: string): boolean {
  return /^(127(\.\d{1,3}){3}|localhost|::1)$/i.test(host);
}

function isProxyHeader(name: string): boolean {
  return (
    name.startsWith("x-forwarded") ||
    [
      "forwarded",
      "via",
      "x-real-ip",
      "x-client-ip",
      "x-original-host",
      "true-client-ip",
      "cf-connecting-ip",
    ].includes(name)
  );
}

function isOriginOf(origin: string, host: string | undefined): boolean {
  return (
    origin.toLowerCase() === `http://${host}`.toLowerCase() ||
    origin.toLowerCase() === `https://${host}`.toLowerCase()
  );
}

/** A link followed, or an address typed: the person sees the page, the site that linked does not. */
function isTopLevelNavigation(method: string, headers: IncomingHttpHeaders): boolean {
  return (
    method === "GET" && headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document"
  );
}

function foreignPage(from: string): Refusal {
  return forbidden(
    `This request was made by a page of ${shown(from)}, not by the studio, so it was refused.`,
  );
}

function forbidden(message: string): Refusal {
  return { status: 403, message };
}

function shown(word: string | undefined): string {
  return (word ?? "").replace(/[^\w.:/[\]-]/g, "?").slice(0, 100);
}
