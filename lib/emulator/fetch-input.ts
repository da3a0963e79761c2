import { open } from "node:fs/promises";
import { invalidParameter, VendorError } from "./vendor-error";

const TIME_LIMIT_MS = 30_000;

/** Downloads what a request points at: up to `sizeBytesMax` and one byte more, by which the excess is seen later. */
export async function fetchInput(
  url: string,
  path: string,
  options: { fetch: typeof fetch | undefined; sizeBytesMax: number; signal: AbortSignal; isStrict: boolean },
): Promise<void> {
  try {
    if (!options.fetch) throw new Error("this emulator has no network");
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(TIME_LIMIT_MS)]);
    const response = await options.fetch(url, { signal });
    if (!response.ok || !response.body) throw new Error(`the host answered ${response.status}`);
    await write(response.body, path, options.sizeBytesMax + 1);
  } catch (cause) {
    options.signal.throwIfAborted();
    // Live captures have the one at the first look, and the other where validation is done at create.
    const error = options.isStrict
      ? new VendorError(
          "InvalidParameter.DataInspection",
          "Unable to download the media resource during the data inspection process.",
        )
      : invalidParameter(`Failed to download ${url}`);
    error.cause = cause;
    throw error;
  }
}

async function write(body: ReadableStream<Uint8Array>, path: string, sizeBytesMax: number): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    let left = sizeBytesMax;
    for await (const chunk of body) {
      const part = chunk.subarray(0, left);
      await file.write(part);
      left -= part.length;
      if (left === 0) break;
    }
  } finally {
    await file.close();
  }
}
