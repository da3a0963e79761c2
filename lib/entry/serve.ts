import { EventEmitter } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { whenBooted } from "@/lib/server/boot-report";
import type { Log } from "@/lib/server/log";
import { type GuardPolicy, type Refusal, refuseRequest } from "@/lib/server/request-guard";
import { logRequest } from "./log-request";
import { LIVE } from "./serve-probes";

type Options = { root: string; isDev: boolean; host: string; port: number; policy: GuardPolicy; log: Log };
type Handle = (request: IncomingMessage, response: ServerResponse) => unknown;

type Answer = { status: number; message: string };

const BODY_SILENCE_MS_MAX = 60_000;
const START_MS_MAX = 10_000;

const STARTING: Answer = {
  status: 503,
  message: "The studio is starting, or waits for its database. Try again in a moment.",
};
const DATABASE_LOST: Answer = {
  status: 503,
  message:
    "The studio's database does not answer just now. Clips on their way are safe. Try again in a moment: a draft is never ordered twice.",
};

// Set by lib/server/services.ts, which lives in Next's bundles: the process is all that we share.
type Home = { [key: symbol]: { isDatabaseLost?: () => boolean } | undefined };
const isDatabaseLost = () =>
  (globalThis as Home)[Symbol.for("firstframe.services")]?.isDatabaseLost?.() ?? false;

const SECURITY_HEADERS: [string, string][] = [
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "DENY"],
  // No form-action: Chromium applies it to the redirect that a sign-in form is answered with.
  ["Content-Security-Policy", "frame-ancestors 'none'; base-uri 'self'; object-src 'none'"],
  ["Referrer-Policy", "same-origin"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"],
];

/**
 * Our own HTTP server in front of Next, because only here a request can be seen as it came.
 * The port is taken first, so that a second start fails before it touches the data; requests wait until Next is ready.
 */
export async function serve(options: Options): Promise<Server> {
  let openHandle: Handle | null = null;
  let opened: (handle: Handle) => void = () => {};
  const ready = new Promise<Handle>((done) => {
    opened = (handle) => {
      openHandle = handle;
      done(handle);
    };
  });
  // Next hangs its own, unguarded, upgrade listener on what it takes for the server.
  const nextUpgrades = new EventEmitter();
  const server = createServer(
    // An upload of hundreds of megabytes over a slow line may take hours; its headers may not.
    { requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 65_000 },
    (request, response) => void logRequest(options.log, request, response, () => answer(request, response)),
  );
  // A body that is shorter or longer than its announced length never becomes a request; its sender gets a sentence too.
  server.on("clientError", (_error, socket) => {
    if (!socket.writable) return socket.destroy();
    const words = "The request is not whole: what came does not match its headers or its announced length.\n";
    socket.end(
      `HTTP/1.1 400 ${STATUS_CODES[400]}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${words.length}\r\nConnection: close\r\n\r\n${words}`,
    );
  });
  server.on("upgrade", (request, socket, head) => {
    if (!options.isDev || judge(request, options.policy)) refuseUpgrade(socket);
    else if (!nextUpgrades.emit("upgrade", request, socket, head)) socket.destroy();
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
    dropWhenSilent(request);
    const refusal = judge(request, options.policy);
    if (refusal) {
      refuse(request, response, refusal);
      return;
    }
    if (isRead(request) && request.url === "/api/health/live") {
      response.writeHead(LIVE.status, LIVE.headers).end(LIVE.body);
      return;
    }
    try {
      const handle = openHandle ?? (await Promise.race([ready, startingTooLong()]));
      if (!handle || (isDatabaseLost() && !isForEverybody(request))) {
        refuse(request, response, handle ? DATABASE_LOST : STARTING);
        return;
      }
      nameThePublicHost(request, options.policy);
      await handle(request, response);
    } catch (error) {
      options.log.error({ error }, "a request broke");
      if (response.headersSent) response.destroy();
      else refuse(request, response, { status: 500, message: "Something broke on our side." });
    }
  }

  await listen(server, options);
  try {
    const { default: next } = await import("next");
    const { port } = server.address() as AddressInfo;
    const app = next({
      dir: options.root,
      dev: options.isDev,
      hostname: options.host,
      port,
      httpServer: nextUpgrades as Server,
    });
    const booted = whenBooted();
    await app.prepare();
    await booted;
    opened(app.getRequestHandler());
  } catch (error) {
    server.close();
    server.closeAllConnections();
    throw error;
  }
  return server;
}

function isRead({ method }: IncomingMessage): boolean {
  return method === "GET" || method === "HEAD";
}

/** Scripts, styles and the answer on how the process does need no database. */
function isForEverybody({ url = "" }: IncomingMessage): boolean {
  return url.startsWith("/_next/") || url.startsWith("/api/health");
}

/** A start waits for its database as long as that takes; a request does not. */
function startingTooLong(): Promise<null> {
  return new Promise((done) => setTimeout(done, START_MS_MAX, null).unref());
}

/** A body may take hours, but not say nothing for a minute: a laptop that went to sleep must not hold a socket and a file. */
function dropWhenSilent(request: IncomingMessage): void {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  if (length === undefined && encoding === undefined) return;
  const { socket } = request;
  const drop = () => request.destroy(new Error("The sender fell silent"));
  socket.setTimeout(BODY_SILENCE_MS_MAX, drop);
  request.once("close", () => {
    socket.setTimeout(0);
    socket.off("timeout", drop);
  });
}

/** Next compares an action's Origin with the host; behind a proxy that rewrites Host, PUBLIC_URL is what it should see. */
function nameThePublicHost({ headers }: IncomingMessage, policy: GuardPolicy): void {
  if (policy.kind !== "signed-in" || !policy.publicOrigin || headers.origin !== policy.publicOrigin) return;
  headers["x-forwarded-host"] = new URL(policy.publicOrigin).host;
}

function judge(request: IncomingMessage, policy: GuardPolicy): Refusal | null {
  const { method = "GET", url = "", headers } = request;
  return refuseRequest({ method, url, headers }, policy);
}

function listen(server: Server, { host, port }: Options): Promise<void> {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, host, () => {
      server.off("error", fail);
      done();
    });
  });
}

const REFUSAL_CODES: Record<number, string> = {
  400: "bad-request",
  403: "forbidden-origin",
  503: "unavailable",
};

/** The rest of a refused upload is not read: the connection ends with the answer. */
function refuse(request: IncomingMessage, response: ServerResponse, { status, message }: Answer): void {
  const wantsJson = /json/.test(request.headers.accept ?? "") || request.url?.startsWith("/api/");
  response.writeHead(status, {
    "Content-Type": wantsJson ? "application/json" : "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    Connection: "close",
    ...(status === 503 && { "Retry-After": "2" }),
  });
  const code = REFUSAL_CODES[status] ?? "internal";
  response.end(wantsJson ? JSON.stringify({ error: { code, message } }) : `${message}\n`);
}

function refuseUpgrade(socket: Duplex): void {
  socket.on("error", () => {});
  socket.end(`HTTP/1.1 403 ${STATUS_CODES[403]}\r\nConnection: close\r\n\r\n`);
}
