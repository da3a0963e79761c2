import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { noSuchKey } from "./xml-reply";

/** Answers GET and HEAD with a file that never changes, whole or in one range. Throws a StoreError when it is gone. */
export async function sendFile(request: Request, path: string, mediaType: string): Promise<Response> {
  const { size, mtimeMs } = await stat(path).catch(() => {
    throw noSuchKey();
  });
  const etag = `"${createHash("md5").update(`${path} ${size} ${mtimeMs}`).digest("hex").toUpperCase()}"`;
  const headers = new Headers({
    "content-type": mediaType,
    "accept-ranges": "bytes",
    etag,
    "last-modified": new Date(mtimeMs).toUTCString(),
  });
  const range = rangeOf(request, etag, size);
  if (range === "unsatisfiable") {
    headers.set("content-range", `bytes */${size}`);
    headers.set("content-length", "0");
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  headers.set("content-length", String(end - start + 1));
  if (range) headers.set("content-range", `bytes ${start}-${end}/${size}`);
  const body = request.method === "HEAD" ? null : asWebStream(path, start, end);
  return new Response(body, { status: range ? 206 : 200, headers });
}

type ByteRange = { start: number; end: number };

/** Null means the whole file: no range, several, an unreadable one, or one for another version of the file. */
function rangeOf(request: Request, etag: string, size: number): ByteRange | "unsatisfiable" | null {
  const ifRange = request.headers.get("if-range");
  if (ifRange !== null && ifRange !== etag) return null;
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return null;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return null;
  return start > end ? "unsatisfiable" : { start, end };
}

function asWebStream(path: string, start: number, end: number): ReadableStream<Uint8Array> {
  return Readable.toWeb(createReadStream(path, { start, end })) as ReadableStream<Uint8Array>;
}
