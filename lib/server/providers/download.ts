import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type { Fetch } from "./http";
import { type LineLimits, type LineWatch, watchLine } from "./line-watch";
import { LinkError } from "./link-error";
import { finishPart, finishWholePart, forgetPart, openPartWriter, type Part, readPart } from "./part-file";
import { assertPublicAddress } from "./public-address";
import { continuesPart, totalBytesOf, validatorOf } from "./resumable";

/** Larger than any 15 s clip at 1080P by far. */
const RESULT_BYTES_MAX = 1_000_000_000;
const REDIRECTS_MAX = 3;

/** More came, or was announced, than any clip has. */
export class EndlessFileError extends Error {
  override readonly name = "EndlessFileError";
}

export type Download = {
  fetch: Fetch;
  url: string;
  trustedOrigin: string;
  path: string;
  signal: AbortSignal;
  bytesMax?: number;
} & Partial<LineLimits>;

/**
 * Fetches a finished file to `path`, which exists only once the file is whole. What has come stays beside it when the
 * connection breaks, falls silent or drips, or this process ends; the next call goes on from there, by another link too, as long
 * as the vendor still has the very same file. Throws a LinkError where the link no longer works (403, 404, 410), any
 * other error where another try may do: a file that ended early is one.
 */
export async function downloadResult(download: Download): Promise<void> {
  const { path } = download;
  if (await finishWholePart(path)) return;
  const part = await readPart(path);
  const line = watchLine(download);
  const signal = AbortSignal.any([download.signal, line.signal]);
  try {
    const { response, fromBytes } = await openRest({ ...download, signal }, part);
    line.heard(0);
    await receive({ ...download, signal }, response, fromBytes, part, line);
  } catch (error) {
    if (!line.signal.aborted || download.signal.aborted) throw error;
    throw line.signal.reason;
  } finally {
    line.close();
  }
}

async function receive(
  { path, signal, bytesMax = RESULT_BYTES_MAX }: Download,
  response: Response,
  fromBytes: number,
  part: Part | null,
  line: LineWatch,
): Promise<void> {
  const totalBytes = totalBytesOf(response) ?? (fromBytes > 0 ? (part?.totalBytes ?? null) : null);
  const validator = fromBytes > 0 ? (part?.validator ?? null) : validatorOf(response);
  if (totalBytes !== null && totalBytes > bytesMax) {
    await response.body?.cancel();
    throw new EndlessFileError(`The finished file is said to have ${totalBytes} bytes`);
  }
  const writer = await openPartWriter(path, { validator, totalBytes }, fromBytes).catch(async (error) => {
    await response.body?.cancel();
    throw error;
  });
  try {
    await pipeline(
      response.body ? Readable.fromWeb(response.body as NodeReadableStream<Uint8Array>) : Readable.from([]),
      async (chunks: AsyncIterable<Uint8Array>) => {
        for await (const chunk of chunks) {
          line.heard(chunk.byteLength);
          await writer.write(chunk);
          if (writer.writtenBytes > bytesMax) throw new EndlessFileError("The finished file does not end");
        }
      },
      { signal },
    );
    await writer.keep();
  } catch (error) {
    // The disk may be what failed: then what was kept before is what is left.
    await writer.keep().catch(() => {});
    if (validator === null || error instanceof EndlessFileError) await forgetPart(path);
    throw error;
  } finally {
    await writer.close();
  }

  const { writtenBytes } = writer;
  if (totalBytes !== null && writtenBytes !== totalBytes) {
    // Too many bytes are not the announced file's, so the first of them may be wrong as well.
    if (validator === null || writtenBytes > totalBytes) await forgetPart(path);
    throw new Error(`The finished file was cut off: ${writtenBytes} of ${totalBytes} bytes`);
  }
  await finishPart(path);
}

/** The rest of the file that a part was kept of, or all of it where there is none, or where it has become another file. */
async function openRest(
  download: Download,
  part: Part | null,
): Promise<{ response: Response; fromBytes: number }> {
  if (part) {
    const rest = { Range: `bytes=${part.keptBytes}-`, "If-Range": part.validator };
    const response = await openFile(download, rest, [200, 206, 412, 416]);
    if (response.status === 200) return { response, fromBytes: 0 };
    if (continuesPart(response, part)) return { response, fromBytes: part.keptBytes };
    await response.body?.cancel();
  }
  return { response: await openFile(download, {}, [200]), fromBytes: 0 };
}

async function openFile(
  { fetch, url, trustedOrigin, signal }: Download,
  headers: Record<string, string>,
  statuses: readonly number[],
): Promise<Response> {
  let address = url;
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
    await assertPublicAddress(address, trustedOrigin);
    const response = await fetch(address, {
      redirect: "manual",
      signal,
      // Encoded bytes would not be of the announced length.
      headers: { "Accept-Encoding": "identity", ...headers },
    });
    if (statuses.includes(response.status)) return response;
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location) {
      address = new URL(location, address).href;
      continue;
    }
    const words = `The vendor answered ${response.status} for the finished file`;
    throw [403, 404, 410].includes(response.status) ? new LinkError(words) : new Error(words);
  }
  throw new Error("The finished file's address leads in circles");
}
