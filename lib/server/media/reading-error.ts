import { MediaError } from "./media-tasks";

/** As FFmpeg, libvips and V8 say that something of the machine's ran out or failed. */
const OWN_WORDS = /cannot allocate memory|allocation failed|out of memory|\b(unix|system) error\b/i;

/**
 * Why a file could not be read. It is the file's fault, and `how` says how ("is damaged: its pictures cannot be read"),
 * unless the machine failed us: a file that cannot be opened or read, too many of them open, no memory left. What is done
 * to a bad file, as throwing it away, must never be done to a good one in a bad moment.
 */
export function readingError(cause: unknown, how: string): MediaError {
  if (cause instanceof MediaError) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  if (isOwnFailure(cause)) return new MediaError("process", words, { cause });
  return new MediaError("input", `${how} (${words})`, { cause });
}

/** Whether the operating system refused something, or memory ran out, whatever was in the file. */
export function isOwnFailure(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const isErrno = "code" in at && typeof at.code === "string" && /^E[A-Z0-9]+$/.test(at.code);
    if (isErrno || OWN_WORDS.test(at.message)) return true;
  }
  return false;
}
