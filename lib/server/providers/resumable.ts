import type { Part } from "./part-file";

/**
 * What tells this very file from any other at its address, in the form that `If-Range` takes; null where nothing does.
 * (RFC 9110, sections 8.8.2.2 and 13.1.5: a weak ETag must not be used, nor a date that the file could have been
 * changed at twice.)
 */
export function validatorOf({ headers }: Response): string | null {
  if (isEncoded(headers)) return null;
  const etag = headers.get("etag");
  if (etag !== null) return etag.startsWith('"') ? etag : null;
  const lastModified = headers.get("last-modified");
  if (lastModified === null) return null;
  const ageMs = Date.parse(headers.get("date") ?? "") - Date.parse(lastModified);
  return ageMs >= 1000 ? lastModified : null;
}

/** The whole file's length by its reply of 200 or 206; null where it says none. */
export function totalBytesOf({ status, headers }: Response): number | null {
  if (isEncoded(headers)) return null;
  if (status === 206) return readContentRange(headers)?.totalBytes ?? null;
  const announced = headers.get("content-length");
  return announced !== null && /^\d+$/.test(announced) ? Number(announced) : null;
}

/**
 * Whether a 206 goes on exactly where the part ends, in the same file. A store that knows no `If-Range` may send the rest of
 * another file: so the 206 itself has to name the validator again.
 */
export function continuesPart({ status, headers }: Response, part: Part): boolean {
  const range = readContentRange(headers);
  if (status !== 206 || range === null || isEncoded(headers)) return false;
  const validator = headers.get(part.validator.startsWith('"') ? "etag" : "last-modified");
  const isSameLength =
    part.totalBytes === null || range.totalBytes === null || range.totalBytes === part.totalBytes;
  return validator === part.validator && range.start === part.keptBytes && isSameLength;
}

function readContentRange(headers: Headers): { start: number; totalBytes: number | null } | null {
  const [, start, , total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
  if (start === undefined || total === undefined) return null;
  return { start: Number(start), totalBytes: total === "*" ? null : Number(total) };
}

/** Bytes that somebody on the way packed: what we read has another length than what is announced. */
function isEncoded(headers: Headers): boolean {
  const encoding = headers.get("content-encoding");
  return encoding !== null && encoding !== "identity";
}
