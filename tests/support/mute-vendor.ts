import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { newGate } from "./gate";

/**
 * A line to a vendor on which starts arrive and are accepted, but whose answers to them never come back. Everything else
 * goes both ways.
 */
export async function startMuteVendor(vendorUrl: string) {
  const { hostname, port } = new URL(vendorUrl);
  const accepted = newGate();
  const starts: string[] = [];

  const server = createServer((asked, answer) => {
    const isStart = asked.method === "POST" && /video-synthesis/.test(asked.url ?? "");
    const options = { hostname, port, method: asked.method, path: asked.url, headers: asked.headers };
    const passedOn = request({ ...options, agent: false }, (reply) => {
      if (isStart) void swallow(reply);
      else passBack(reply, answer);
    });
    passedOn.once("error", () => answer.destroy());
    asked.pipe(passedOn);
  });

  async function swallow(reply: IncomingMessage): Promise<void> {
    let body = "";
    for await (const chunk of reply.setEncoding("utf8")) body += chunk;
    starts.push(body);
    accepted.open();
  }

  function passBack(reply: IncomingMessage, answer: ServerResponse): void {
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(answer);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`,
    /** The vendor's answers that never came back. */
    starts,
    /** The first start has been accepted. */
    accepted: accepted.opened,
    async close(): Promise<void> {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
