import { AppError } from "@/lib/domain/errors";

/** A stranger's row and one that never was get the same words. */
export function notFound(): AppError {
  return new AppError("not-found", "There is no such generation.");
}
