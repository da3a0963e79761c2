import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { closedSignal } from "./closed-signal";
import type { StreamItem } from "./generations/stream-generations";

/** One view goes out to every page that shows it: it is written down once. */
const written = new WeakMap<object, string>();

/**
 * Writes what `open` yields as server-sent events for as long as somebody reads; the signal it is given aborts with
 * the reader. A reader who is slow is waited for, so that it holds one item here and not a queue. For one who has gone
 * away while the request waited, nothing is opened.
 */
export async function sendEventStream(
  response: ServerResponse,
  open: (closed: AbortSignal) => AsyncGenerator<StreamItem>,
): Promise<void> {
  const closed = closedSignal(response);
  if (closed.aborted) return;
  response.writeHead(200, {
    "Content-Type": "text/event-stream; charset=utf-8",
    // no-transform keeps compression away, which would hold events back; the other does so for nginx.
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
  });
  response.write(": connected\nretry: 2000\n\n");
  try {
    for await (const item of open(closed)) {
      if (closed.aborted) break;
      if (!response.write(format(item))) await once(response, "drain", { signal: closed });
    }
  } catch (error) {
    if (!closed.aborted) throw error;
  } finally {
    response.end();
  }
}

function format(item: StreamItem): string {
  // A comment would keep the line open as well, but no page would hear it.
  if (item.type === "ping") return "event: ping\ndata:1\n\n";
  const id = item.id === null ? "" : `id: ${item.id}\n`;
  const body = item.type === "snapshot" ? item.page : item.view;
  const text = written.get(body) ?? JSON.stringify(body);
  written.set(body, text);
  return `${id}event: ${item.type}\ndata: ${text}\n\n`;
}
