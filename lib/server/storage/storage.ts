import type { Readable } from "node:stream";

/** First and last byte, both included. */
export type ByteRange = { start: number; end: number };

/** How a link to a file is made: what the answer calls the file, when it was signed, how long it opens. */
export type LinkOptions = { mediaType: string; signedAt: number; lifeMs: number };

/**
 * Where files are kept. Keys are ours and safe in a path; what a person may see is decided before a key is opened,
 * never here. A missing key reads as null.
 */
export interface Storage {
  /** Keeps a complete local file under the key and takes it away from where it was. The same key again changes nothing. */
  put(key: string, localPath: string): Promise<void>;
  open(key: string, range?: ByteRange): Promise<Readable | null>;
  stat(key: string): Promise<{ sizeBytes: number } | null>;
  /** Removing what is not there is fine. */
  remove(key: string): Promise<void>;
  /** Throws where files can be neither kept nor read. Leaves nothing behind. */
  probe(): Promise<void>;
  /** A local path with the file's bytes for the length of `use`, for tools that need one. */
  withLocalFile<Value>(key: string, use: (path: string) => Promise<Value>): Promise<Value>;
  /**
   * A secret address by which anybody reads the file straight from here until it runs out; made without asking anyone,
   * so also for a key that is missing. Absent where the storage cannot be reached from outside.
   */
  linkFor?(key: string, options: LinkOptions): Promise<string>;
}

/** Throws for a key that is none of ours: they are made of plain segments, and lead to no place above their root. */
export function checkKey(key: string): void {
  const segments = key.split("/");
  if (segments.every((segment) => /^[\w.-]+$/.test(segment) && segment !== "." && segment !== "..")) return;
  throw new Error(`A storage key left its folder: ${key}`);
}
