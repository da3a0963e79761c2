import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";

/** Serves a function from Request to Response over Node's HTTP, both bodies streamed. */
export function createHttpServer(handler: (request: Request) => Promise<Response>): Server {
  return createServer((incoming, outgoing) => {
    answer(handler, incoming, outgoing).catch(() => outgoing.destroy());
  });
}

async function answer(
  handler: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const chunks = incoming[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const response = await handler(asRequest(incoming, chunks));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (incoming.method === "HEAD" || !response.body) outgoing.end();
  else await pipeline(Readable.fromWeb(response.body as NodeReadableStream<Uint8Array>), outgoing);
  await drain(chunks);
}

function asRequest(incoming: IncomingMessage, chunks: AsyncIterator<Buffer>): Request {
  const { method = "GET", url = "/", headers } = incoming;
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(`http://${headers.host ?? "localhost"}${url}`, {
    method,
    headers: pairs,
    ...(hasBody ? { body: asWebStream(chunks), duplex: "half" } : {}),
  });
}

function asWebStream(chunks: AsyncIterator<Buffer>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

const DRAINED_SIZE_BYTES_MAX = 256 * 2 ** 20;

// A client still sending what was refused unread would find the connection cut instead of reading the answer.
async function drain(chunks: AsyncIterator<Buffer>): Promise<void> {
  for (let sizeBytes = 0; sizeBytes < DRAINED_SIZE_BYTES_MAX; ) {
    const { done, value } = await chunks.next();
    if (done) return;
    sizeBytes += value.length;
  }
  await chunks.return?.();
}
