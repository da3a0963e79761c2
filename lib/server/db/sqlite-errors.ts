import { AppError } from "@/lib/domain/errors";

/** Another program holds the file: a backup, a shell, a tool that looks at it. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));
}

/** The same error in words for whoever asked; what is about the query stays as it is. (SQLite, result codes.) */
export function toAppError(error: unknown): unknown {
  const code = codeOf(error);
  if (isBusy(error)) {
    return new AppError(
      "unavailable",
      "The studio's database is held by another program just now. Clips on their way are safe. Try again in a moment: a draft is never ordered twice.",
      { cause: error },
    );
  }
  if (code === "SQLITE_FULL") {
    return new AppError(
      "storage-full",
      "The server's disk is full, so this could not be written down. Nothing was changed, nothing was sent. Try again when there is room.",
      { cause: error },
    );
  }
  if (/^SQLITE_(IOERR|READONLY|CANTOPEN)/.test(code)) {
    return new AppError(
      "unavailable",
      "The studio's database cannot be written just now. Clips on their way are safe. Try again in a moment: a draft is never ordered twice.",
      { cause: error },
    );
  }
  return error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
