import { AppError } from "@/lib/domain/errors";

const BODY_BYTES_MAX = 1_000_000;

/** A request's JSON. Refuses a body that is none, or that is longer than any order can be. */
export async function readJson(request: Request): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > BODY_BYTES_MAX) throw new AppError("body-too-large", "The request is longer than 1 MB.");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (cause) {
    throw new AppError("bad-json", "The request's body is not JSON.", { cause });
  }
}
