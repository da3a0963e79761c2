import { AppError } from "@/lib/domain/errors";

/** The connection broke, or could not be made: the server is down, restarting, failing over or not reachable. */
const LOST_CODES = new Set([
  ...[
    "ECONNREFUSED",
    "ECONNRESET",
    "EPIPE",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENOTFOUND",
    "EAI_AGAIN",
  ],
  // admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout
  ...["57P01", "57P02", "57P03", "57P05"],
  // read_only_sql_transaction: what answers is a standby.
  "25006",
]);
const LOST_WORDS =
  /^Connection terminated|not queryable|^Query read timeout|server closed the connection|socket disconnected/i;

/** It answers, but not this time: too many connections, a wait that took too long, a deadlock. */
const BUSY_CODES = new Set(["53300", "55P03", "57014", "40001", "40P01", "25P03"]);
const BUSY_WORDS = /^timeout exceeded when trying to connect/;

export type PostgresTrouble = "lost" | "busy" | null;

/** What an error of `pg` says about the server; null where it is about the query. (PostgreSQL, appendix A.) */
export function troubleOf(error: unknown): PostgresTrouble {
  if (!(error instanceof Error)) return null;
  const code = "code" in error ? String(error.code) : "";
  if (LOST_CODES.has(code) || code.startsWith("08") || LOST_WORDS.test(error.message)) return "lost";
  if (BUSY_CODES.has(code) || BUSY_WORDS.test(error.message)) return "busy";
  return null;
}

/** The same error in words for whoever asked. An order is made once per draft, so asking again is harmless. */
export function databaseUnavailable(cause: unknown): AppError {
  return new AppError(
    "unavailable",
    "The studio's database does not answer just now. Clips on their way are safe. Try again in a moment: a draft is never ordered twice.",
    { cause },
  );
}
