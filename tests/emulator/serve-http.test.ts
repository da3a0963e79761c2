import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createHttpServer } from "@/lib/emulator/serve-http";

async function serve(handler: (request: Request) => Promise<Response>): Promise<string> {
  const server = createHttpServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("method, path, headers and bodies go through both ways", async () => {
  const address = await serve(async (request) => {
    const seen = `${request.method} ${new URL(request.url).pathname} ${request.headers.get("x-a")} ${await request.text()}`;
    return new Response(seen, { status: 201, headers: { "x-b": "there" } });
  });
  const reply = await fetch(`${address}/a/b`, { method: "POST", body: "hello", headers: { "x-a": "here" } });
  expect([reply.status, reply.headers.get("x-b"), await reply.text()]).toEqual([
    201,
    "there",
    "POST /a/b here hello",
  ]);
});

test("an answer given before the body was read arrives, however large the body", async () => {
  const address = await serve(async () => new Response("no", { status: 401 }));
  for (let round = 0; round < 3; round++) {
    const reply = await fetch(address, { method: "POST", body: new Uint8Array(20 * 2 ** 20) });
    expect([reply.status, await reply.text()]).toEqual([401, "no"]);
  }
});

test("HEAD keeps the length and sends no body", async () => {
  const address = await serve(async () => new Response(null, { headers: { "content-length": "7" } }));
  const reply = await fetch(address, { method: "HEAD" });
  expect([reply.headers.get("content-length"), await reply.text()]).toEqual(["7", ""]);
});

test("a reader who leaves in the middle ends the sending", async () => {
  let isCancelled = false;
  const address = await serve(async () => {
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
      cancel: () => {
        isCancelled = true;
      },
    });
    return new Response(endless);
  });
  const leaving = new AbortController();
  const reply = await fetch(address, { signal: leaving.signal });
  await reply.body?.getReader().read();
  leaving.abort();
  await expect.poll(() => isCancelled).toBe(true);
});
