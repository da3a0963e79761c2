import type { IncomingHttpHeaders } from "node:http";
import { AppError } from "@/lib/domain/errors";

/**
 * How many bytes the sender says the file has: `X-File-Size` where given (a body sent in chunks has no length of its
 * own), else `Content-Length`. Null where neither says. Throws where they contradict each other or are no number.
 */
export function readAnnouncedBytes(headers: IncomingHttpHeaders): number | null {
  const named = headers["x-file-size"];
  const length = headers["content-length"];
  const values = [named, length].filter((value) => value !== undefined).map(Number);
  const [first] = values;
  if (values.some((value) => !Number.isSafeInteger(value) || value < 0 || value !== first)) {
    throw new AppError("bad-request", "The announced file size is not one whole number of bytes.");
  }
  return first ?? null;
}
