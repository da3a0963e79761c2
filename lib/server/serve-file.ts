import type { IncomingMessage, ServerResponse } from "node:http";
import { addAbortSignal } from "node:stream";
import { pipeline } from "node:stream/promises";
import { closedSignal } from "./closed-signal";
import type { Metrics } from "./operations/metrics";
import type { ByteRange, Storage } from "./storage/storage";

export type ServedFile = {
  key: string;
  mediaType: string;
  /** Names the bytes: equal for equal content only. */
  etag: string;
  cacheControl: string;
  /** Given where the browser should save the file instead of showing it. */
  downloadName?: string;
};

/**
 * Answers GET and HEAD with a stored file: whole, one byte range (206), or 304 where the reader has it already. 416 for
 * a range outside the file, 404 where storage has nothing. Content is never guessed at (`nosniff`).
 */
export async function serveFile(
  request: IncomingMessage,
  response: ServerResponse,
  { storage, metrics }: { storage: Storage; metrics: Pick<Metrics, "served"> },
  file: ServedFile,
): Promise<void> {
  const closed = closedSignal(response);
  const found = await storage.stat(file.key);
  if (!found) {
    response.writeHead(404).end();
    return;
  }
  const { sizeBytes } = found;
  response.setHeader("Content-Type", file.mediaType);
  response.setHeader("Accept-Ranges", "bytes");
  response.setHeader("ETag", file.etag);
  response.setHeader("Cache-Control", file.cacheControl);
  response.setHeader("X-Content-Type-Options", "nosniff");
  // A picture opened on its own must not run anything on our origin.
  response.setHeader(
    "Content-Security-Policy",
    "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'",
  );
  if (file.downloadName) {
    response.setHeader("Content-Disposition", contentDisposition(file.downloadName));
  }
  if (isKnown(request, file.etag)) {
    response.writeHead(304).end();
    return;
  }

  const range = readRange(request, sizeBytes, file.etag);
  if (range === "unsatisfiable") {
    response.writeHead(416, { "Content-Range": `bytes */${sizeBytes}` }).end();
    return;
  }
  if (range) {
    response.statusCode = 206;
    response.setHeader("Content-Range", `bytes ${range.start}-${range.end}/${sizeBytes}`);
  }
  response.setHeader("Content-Length", range ? range.end - range.start + 1 : sizeBytes);
  if (request.method === "HEAD" || sizeBytes === 0) {
    response.end();
    return;
  }
  const body = await storage.open(file.key, range ?? undefined);
  if (!body) {
    response.writeHead(404).end();
    return;
  }
  try {
    await pipeline(
      // A response that waits behind another never closes by itself: the file is let go of all the same.
      addAbortSignal(closed, body),
      async function* count(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          metrics.served(chunk.length);
          yield chunk;
        }
      },
      response,
    );
  } catch (error) {
    // The reader went away, as players do when they seek.
    if (!closed.aborted) throw error;
  }
}

function isKnown(request: IncomingMessage, etag: string): boolean {
  const known = request.headers["if-none-match"];
  return known?.split(",").some((entry) => entry.trim().replace(/^W\//, "") === etag) ?? false;
}

/** One range of bytes; several at once, or a form we do not know, mean the whole file. (RFC 9110, 14.2.) */
function readRange(
  request: IncomingMessage,
  sizeBytes: number,
  etag: string,
): ByteRange | "unsatisfiable" | null {
  const { range, "if-range": ifRange } = request.headers;
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return null;
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range.trim()) ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return null;
  if (first === "") {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? "unsatisfiable" : { start: sizeBytes - length, end: sizeBytes - 1 };
  }
  const start = Number(first);
  const end = last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (start >= sizeBytes) return "unsatisfiable";
  return start > end ? null : { start, end };
}

/** A name with any letters in it, and a plain one for readers that know no better. (RFC 6266.) */
function contentDisposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const full = encodeURIComponent(name).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${full}`;
}
