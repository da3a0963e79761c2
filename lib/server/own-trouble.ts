import { isAppError } from "@/lib/domain/errors";
import { isMediaError } from "./media/media-tasks";

/** What of this server's own failed, as a sentence without its full stop. It can be mended, and then the same works. */
export type OwnTrouble = { kind: "disk-full" | "disk" | "unavailable" | "media"; words: string };

const FULL_CODES = new Set(["ENOSPC", "EDQUOT"]);
const DISK_CODES = new Set([
  "EIO",
  "EROFS",
  "EACCES",
  "EPERM",
  "EMFILE",
  "ENFILE",
  "ENOMEM",
  "ESTALE",
  "ENODEV",
]);
/** As libraries spell it that write files by themselves. */
const FULL_WORDS = /no space left|ENOSPC|disk quota/i;

/** Null where the error is about anything else: the file, the vendor, the network, a mistake in here. */
export function ownTroubleOf(error: unknown): OwnTrouble | null {
  if (!(error instanceof Error)) return null;
  if (isDiskFull(error)) return { kind: "disk-full", words: "This server's disk is full" };
  if (isAppError(error)) {
    // Its sentences begin with what is away, and go on with what to do about it.
    const [words = ""] = error.message.split(/\.\s|\.$/);
    return error.code === "unavailable" ? { kind: "unavailable", words } : null;
  }
  if (isMediaError(error)) {
    return error.blame === "process" ? { kind: "media", words: "This server's media tools failed" } : null;
  }
  const code = codeOf(error);
  if (!DISK_CODES.has(code)) return null;
  return { kind: "disk", words: `This server's disk does not do what it is asked (${code})` };
}

/** Whether there was no room for what had to be written, here, in the database or in a tool. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isAppError(error)) return error.code === "storage-full";
  if (isMediaError(error)) return error.blame === "process" && FULL_WORDS.test(error.message);
  return FULL_CODES.has(codeOf(error));
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : "";
}
