import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, vi } from "vitest";

/** A server whose requests wait until the test answers them, and readers who ask, take nothing in, and leave. */
export async function openWaitingServer() {
  const waiting: ServerResponse[] = [];
  const readers: Socket[] = [];
  const server = createServer((_request, response) => void waiting.push(response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    /** Asks so often on one connection, without waiting for an answer; what came in, in order. */
    async ask(times = 1): Promise<{ reader: Socket; responses: ServerResponse[] }> {
      const reader = connect((server.address() as AddressInfo).port, "127.0.0.1");
      readers.push(reader);
      reader.on("error", () => {});
      reader.pause();
      const before = waiting.length;
      reader.write("GET / HTTP/1.1\r\nHost: studio\r\n\r\n".repeat(times));
      await vi.waitFor(() => expect(waiting).toHaveLength(before + times));
      return { reader, responses: waiting.slice(before) };
    },

    /** The reader's connection is gone, and the server knows. */
    async leave(reader: Socket, response: ServerResponse | undefined): Promise<void> {
      reader.destroy();
      await vi.waitFor(() => expect(response?.req.socket.closed).toBe(true));
    },

    close(): void {
      for (const reader of readers) reader.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}
