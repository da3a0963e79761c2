import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "@/lib/server/log";
import { withLogContext } from "@/lib/server/log-context";

/** As other programs make them; anything else could be made to look like lines of ours. */
const SANE_ID = /^[\w.:-]{1,64}$/;

/**
 * Gives a request its id, the caller's own where that is sane, and names it in the answer and in all that is logged
 * meanwhile. One line says how it ended: at `info` where something was to be changed, at `warn` where it broke.
 */
export async function logRequest(
  log: Log,
  request: IncomingMessage,
  response: ServerResponse,
  run: () => Promise<void>,
): Promise<void> {
  const { method = "", url = "", headers } = request;
  const given = headers["x-request-id"];
  const requestId = typeof given === "string" && SANE_ID.test(given) ? given : randomUUID();
  response.setHeader("X-Request-Id", requestId);
  const startedAt = performance.now();
  response.once("close", () => {
    const { statusCode: status, writableFinished: isWhole } = response;
    const level = status >= 500 ? "warn" : method === "GET" || method === "HEAD" ? "debug" : "info";
    const durationMs = Math.round(performance.now() - startedAt);
    const path = url.split("?")[0]?.slice(0, 200);
    log[level]({ requestId, method, path, status, durationMs, ...(!isWhole && { cutOff: true }) }, "request");
  });
  await withLogContext({ requestId }, run);
}
