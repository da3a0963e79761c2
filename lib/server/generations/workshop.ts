import type { FileKeeper } from "../assets/keep-file";
import type { MediaLinks } from "../assets/media-links";
import type { Log } from "../log";
import type { Connections } from "../providers/registry";
import type { GenerationRepository } from "./generation-repository";
import type { Looks } from "./looks";
import type { StartQueue } from "./start-queue";

/** All that the steps of a generation work with. */
export type Workshop = FileKeeper & {
  generations: GenerationRepository;
  connections: Connections;
  mediaLinks: MediaLinks;
  startQueue: StartQueue;
  looks: Looks;
  log: Log;
  /** Aborts when the server stops, so that nobody waits for a long download. Never used for a paid start. */
  stopping: AbortSignal;
  /** Aborts some seconds later: a paid start whose answer has not come by then is written down as unconfirmed. */
  lastCall: AbortSignal;
};

/** How long to wait before try number `attempt` + 1: 1 s, doubling up to `maxMs`. */
export function backoffMs(attempt: number, maxMs = 60_000): number {
  return Math.min(1000 * 2 ** Math.min(attempt, 20), maxMs);
}

/** Long enough before the end to fetch a clip, short enough to have tried everything else by then. */
const LAST_TRY_MS = 20_000;

/**
 * When to try again what can only work until `endsAt`: after `waitMs`, but no wait steps over the end of the window without
 * one more try shortly before it, and one at it.
 */
export function tryAgainAt(at: number, waitMs: number, endsAt: number | null): number {
  const dueAt = at + waitMs;
  if (endsAt === null || at >= endsAt) return dueAt;
  const lastTryAt = endsAt - LAST_TRY_MS;
  return Math.min(dueAt, at < lastTryAt ? lastTryAt : endsAt);
}

/** Whether a try now may be the last that `tryAgainAt` has left. */
export function isLastTry(at: number, endsAt: number | null): boolean {
  return endsAt !== null && at >= endsAt - LAST_TRY_MS;
}

/** An answer that did not come proves nothing: so long after its window we go on asking for one. */
export const GRACE_MS = 60 * 60_000;
