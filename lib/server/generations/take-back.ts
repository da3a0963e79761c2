import type { CancelRefusal } from "@/lib/domain/generation";
import { queryWaitMs } from "../limits/query-turns";
import { ProviderError, type RemoteStatus, type RemoteTask } from "../providers/provider";
import type { Connection } from "../providers/registry";
import type { Generation } from "./generation";
import type { Workshop } from "./workshop";

/** What a vendor made of our asking; null where nobody asked, or where no clear answer came. */
type Answer = { said: "cancelled" | CancelRefusal | null; retryAfterMs: number | null };

const ASK_AGAIN_MS = 5_000;

const NOT_ASKED: Answer = { said: null, retryAfterMs: null };

/**
 * Asks the vendor to take a running task back, where its person wishes so. Asking is harmless: it may be done again
 * after a crash or a failed answer, and no answer ends a row. Only the task's own state does, which is looked at next.
 */
export async function askToTakeBack(
  { log, stopping }: Workshop,
  { provider }: Connection,
  { id, cancelRequestedAt, cancelRefusal, remoteTask }: Generation,
): Promise<Answer> {
  if (cancelRequestedAt === null || cancelRefusal !== null || remoteTask === null) return NOT_ASKED;
  if (!provider.cancel) return { said: "not-offered", retryAfterMs: null };
  try {
    const said = await provider.cancel(remoteTask as RemoteTask, stopping);
    log.info({ generationId: id, said }, "the vendor was asked to take a task back");
    return { said, retryAfterMs: null };
  } catch (error) {
    if (stopping.aborted) return NOT_ASKED;
    if (!(error instanceof ProviderError)) throw error;
    log.warn({ generationId: id, error }, "the vendor could not be asked to take a task back");
    return { said: null, retryAfterMs: error.retryAfterMs };
  }
}

/**
 * What the vendor's answer and a look right after it come to: why the task can no longer be taken back, or null where
 * that is still open. A task that runs is beyond it, whatever became of our asking; one that still waits is not, even
 * where the vendor said so a moment ago.
 */
export function refusalOf(
  { cancelRequestedAt, cancelRefusal }: Generation,
  { said }: Answer,
  { kind }: RemoteStatus,
): CancelRefusal | null {
  if (cancelRequestedAt === null || cancelRefusal !== null) return null;
  if (said === "not-offered")
    return kind === "queued" || kind === "running" || kind === "unlisted" ? said : null;
  return kind === "running" || (kind === "unlisted" && said === "too-late") ? "too-late" : null;
}

/** When the task is looked at next, ms from now: soon, and again, while its person waits for an end of it. */
export function waitMs(
  { cancelRequestedAt, cancelRefusal }: Generation,
  { retryAfterMs }: Answer,
  lookIntervalMs: number,
): number {
  if (cancelRequestedAt === null || cancelRefusal !== null) return lookIntervalMs;
  return Math.max(queryWaitMs(retryAfterMs ?? 0), Math.min(lookIntervalMs, ASK_AGAIN_MS));
}
