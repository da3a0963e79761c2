import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a store does with one request for its file, apart from what it should. */
export type FileReply = {
  /** The connection breaks after so many bytes of the body. */
  cutAfterBytes?: number;
  /** After so many bytes nothing more comes, and the connection stays. */
  silentAfterBytes?: number;
  /** The body goes on for ever, and its length is not announced. */
  isEndless?: boolean;
  /** Whatever is asked, the answer is this. */
  status?: number;
  /** Over the headers that an honest store sends; null leaves one out. */
  headers?: Record<string, string | null>;
  /** A range is sent although the file is another by now. */
  ignoresIfRange?: boolean;
};

/** A file store on a real socket: honest by default, and as bad as the test says, request by request; then the last reply repeats. */
export async function startFileServer(file: Buffer, ...replies: FileReply[]) {
  const asked: { range: string | null; ifRange: string | null }[] = [];
  const store = { file, modifiedAt: Date.parse("2026-11-20T10:00:00Z") };

  const server = createServer((request, response) => {
    const reply = replies[Math.min(asked.length, replies.length - 1)] ?? {};
    const { range = null, "if-range": ifRange = null } = request.headers;
    asked.push({ range, ifRange: ifRange === null ? null : String(ifRange) });
    answer(request, response, store, reply);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    url: `${origin}/film.mp4`,
    asked,
    store,
    etag: () => etagOf(store.file),
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

export type FileServer = Awaited<ReturnType<typeof startFileServer>>;

function etagOf(file: Buffer): string {
  return `"${createHash("md5").update(file).digest("hex").toUpperCase()}"`;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { file, modifiedAt }: FileServer["store"],
  reply: FileReply,
): void {
  const etag = etagOf(file);
  const lastModified = new Date(modifiedAt).toUTCString();
  const ifRange = request.headers["if-range"];
  const isSame = !ifRange || ifRange === etag || ifRange === lastModified || reply.ignoresIfRange;
  const start = isSame ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0) : 0;
  const body = file.subarray(start);
  const headers: Record<string, string | null> = {
    etag,
    "last-modified": lastModified,
    "content-length": String(body.length),
    ...(start > 0 && { "content-range": `bytes ${start}-${file.length - 1}/${file.length}` }),
    ...(reply.isEndless && { "content-length": null }),
    ...reply.headers,
  };
  const sent = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  response.writeHead(reply.status ?? (start > 0 ? 206 : 200), Object.fromEntries(sent));
  const { cutAfterBytes, silentAfterBytes } = reply;
  if (reply.isEndless) pour(response);
  else if (cutAfterBytes !== undefined) {
    // A reader drops what it has not passed on yet when its socket breaks: it is given a moment.
    response.write(body.subarray(0, cutAfterBytes), () => setTimeout(() => response.destroy(), 20));
  } else if (silentAfterBytes !== undefined) {
    response.flushHeaders();
    if (silentAfterBytes > 0) response.write(body.subarray(0, silentAfterBytes));
  } else response.end(body);
}

function pour(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536)));
  };
  response.on("drain", more);
  more();
}
