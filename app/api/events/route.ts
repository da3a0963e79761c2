import { type StreamItem, streamGenerations } from "@/lib/server/generations/stream-generations";
import { respond } from "@/lib/server/respond";

const PING_MS = 20_000;

/**
 * GET: the viewer's gallery as server-sent events. `Last-Event-ID` (or `?after=`) goes on from an event; without one
 * the stream begins with a snapshot.
 */
export function GET(request: Request): Promise<Response> {
  return respond(async ({ viewer, services }) => {
    const lastSeen = request.headers.get("last-event-id") ?? new URL(request.url).searchParams.get("after");
    const items = streamGenerations({
      generations: services.generations,
      bus: services.bus,
      changes: services.changes,
      ownerId: viewer.ownerId,
      after: lastSeen !== null && /^\d{1,15}$/.test(lastSeen) ? Number(lastSeen) : null,
      pingMs: PING_MS,
      signal: AbortSignal.any([request.signal, services.stopping]),
    });
    return new Response(toByteStream(items), {
      headers: {
        "Content-Type": "text/event-stream; charset=utf-8",
        // no-transform keeps compression away, which would hold events back; the other does so for nginx.
        "Cache-Control": "no-cache, no-transform",
        "X-Accel-Buffering": "no",
      },
    });
  });
}

/** Pulled as fast as the reader takes it, so a slow reader holds one item and not a queue. */
function toByteStream(items: AsyncGenerator<StreamItem>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      start(controller) {
        controller.enqueue(encoder.encode(": connected\nretry: 2000\n\n"));
      },
      async pull(controller) {
        const { done, value } = await items.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(format(value)));
      },
      async cancel() {
        await items.return(undefined);
      },
    },
    { highWaterMark: 1 },
  );
}

function format(item: StreamItem): string {
  if (item.type === "ping") return ": ping\n\n";
  const id = item.id === null ? "" : `id: ${item.id}\n`;
  return `${id}event: ${item.type}\ndata: ${JSON.stringify(item.type === "snapshot" ? item.page : item.view)}\n\n`;
}
