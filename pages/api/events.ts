import type { PageConfig } from "next";
import { STREAM_PING_MS } from "@/lib/domain/studio";
import { ownRoute, queryValue } from "@/lib/server/api-respond";
import { streamGenerations } from "@/lib/server/generations/stream-generations";
import { sendEventStream } from "@/lib/server/send-event-stream";

export const config = { api: { bodyParser: false, responseLimit: false } } satisfies PageConfig;

/**
 * GET: the viewer's gallery as server-sent events. `Last-Event-ID` (or `?after=`) goes on from an event; without one
 * the stream begins with a snapshot. Here and not among the app's routes, whose streams take more than twice as long to reach a thousand pages (`npm run bench -- streams`).
 */
export default ownRoute(["GET"], async (request, response, { viewer, services }) => {
  const lastSeen = request.headers["last-event-id"] ?? queryValue(request, "after");
  await sendEventStream(response, (closed) =>
    services.metrics.stream(
      streamGenerations({
        generations: services.generations,
        bus: services.bus,
        changes: services.changes,
        ownerId: viewer.ownerId,
        after: typeof lastSeen === "string" && /^\d{1,15}$/.test(lastSeen) ? Number(lastSeen) : null,
        pingMs: STREAM_PING_MS,
        signal: AbortSignal.any([closed, services.stopping]),
      }),
    ),
  );
});
