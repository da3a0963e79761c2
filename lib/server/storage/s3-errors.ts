import { AppError } from "@/lib/domain/errors";

/** The object, or the bucket, is not there. */
export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** The service knows us and says no, or does not know us. */
export function isRefused(error: unknown): boolean {
  const status = statusOf(error);
  return status === 401 || status === 403;
}

/** Whatever keeps the storage from its work, in words for whoever asked. The details are in the log. */
export function storageUnavailable(cause: unknown): AppError {
  return new AppError(
    "unavailable",
    "The studio's file storage does not answer just now. Nothing is lost; try again in a moment.",
    { cause },
  );
}

/** Every answer of the service carries its HTTP status; an error without one never got an answer. */
function statusOf(error: unknown): number | null {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return null;
  const metadata = error.$metadata;
  if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return null;
  return typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : null;
}
