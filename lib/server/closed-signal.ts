import type { ServerResponse } from "node:http";

/**
 * Aborts when nobody reads the response any more, and is aborted already where its reader went away before we looked:
 * `close` does not come a second time. A response that waits its turn behind another on the same connection never
 * closes by itself, so the connection is asked too.
 */
export function closedSignal(response: ServerResponse): AbortSignal {
  const closed = new AbortController();
  const { socket } = response.req;
  if (response.destroyed || socket.destroyed) {
    closed.abort();
    return closed.signal;
  }
  const abort = () => {
    response.off("close", abort);
    socket.off("close", abort);
    closed.abort();
  };
  response.once("close", abort);
  socket.once("close", abort);
  return closed.signal;
}
