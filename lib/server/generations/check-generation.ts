import type { GenerationEvent } from "@/lib/domain/generation-state";
import { billedCost } from "@/lib/domain/models/billed-cost";
import { QueriesHeld, queryWaitMs } from "../limits/query-turns";
import { ProviderError, type RemoteStatus, type RemoteTask } from "../providers/provider";
import type { Connection } from "../providers/registry";
import type { Generation } from "./generation";
import type { EndingLook } from "./looks";
import { askToTakeBack, refusalOf, waitMs } from "./take-back";
import { GRACE_MS, isLastTry, tryAgainAt, type Workshop } from "./workshop";
import { sentAnotherWay, taskExpired } from "./workshop-failures";

const SLOW_LOOK_MS = 60_000;
/** A vendor that still tells how a task is knows more than our clock, which may have been set wrong. But not for ever. */
const KNOWN_GRACE_MS = 24 * 60 * 60_000;
const FAILED_LOOK_INTERVAL_MS_MAX = 60_000;
/** A status that no page of the vendor's has may be anything: only what looks like one is logged. */
const STATUS_WORD = /^[\w-]{1,40}$/;

/**
 * Asks the vendor how a running task is, and before that to take it back where its person wishes so. A look that fails
 * changes nothing but the time of the next one.
 */
export async function checkGeneration(workshop: Workshop, generation: Generation): Promise<void> {
  const { generations, connections, clock, log, looks } = workshop;
  const connection = connections.find(generation.connection);
  let event: GenerationEvent;
  let ended: EndingLook | null = null;
  if (!connection) {
    event = laterOrExpired(generation, clock.now(), SLOW_LOOK_MS, null, GRACE_MS);
  } else {
    await looks.refresh();
    const answer = await askToTakeBack(workshop, connection, generation);
    try {
      const { deadlineAt, remoteTask } = generation;
      const status = await connection.provider.check(
        remoteTask as RemoteTask,
        workshop.stopping,
        isLastTry(clock.now(), deadlineAt),
      );
      const at = clock.now();
      const since = acceptedAt(generation, connection, at);
      const gapMs = looks.gapMs(connection, generation, since, at, status);
      // Only what ran to an end of its own tells how long the next will run.
      ended =
        status.kind === "succeeded" || status.kind === "failed"
          ? { connection, acceptedAt: since, at, status }
          : null;
      event = toEvent(generation, connection, status, at, waitMs(generation, answer, gapMs));
      const refusal = refusalOf(generation, answer, status);
      if (refusal !== null && event.type === "progressed")
        event = { ...event, type: "cancel-refused", refusal };
      if (status.kind === "unlisted")
        log.warn(
          { generationId: generation.id, word: STATUS_WORD.test(status.word) ? status.word : "…" },
          "unlisted task status",
        );
    } catch (error) {
      // Whoever comes next looks at once.
      if (workshop.stopping.aborted) return;
      if (!(error instanceof ProviderError)) throw error;
      event = notLooked(
        generation,
        clock.now(),
        error,
        waitMs(generation, answer, connection.lookIntervalMs),
      );
      if (event.type !== "put-off")
        log.warn({ generationId: generation.id, error }, "a look at the vendor failed");
    }
  }
  await generations.applyEvent(
    generation,
    ended
      ? async (transaction) => {
          await looks.record(transaction, generation, ended);
          return event;
        }
      : event,
  );
}

/** The vendor keeps a task for so long from its creation. */
function acceptedAt({ deadlineAt }: Generation, { provider }: Connection, at: number): number {
  return Math.min(at, (deadlineAt ?? at) - provider.taskLifeMs);
}

function toEvent(
  generation: Generation,
  { view }: Connection,
  status: RemoteStatus,
  at: number,
  lookIntervalMs: number,
): GenerationEvent {
  switch (status.kind) {
    case "succeeded": {
      const { result, usage, actualPrompt } = status;
      const cost = view.isDemo ? null : billedCost(generation, usage, view);
      return { type: "finished", at, result, usage, cost, actualPrompt };
    }
    case "failed":
      if (status.unreadWay) {
        const { taskId } = generation.remoteTask as RemoteTask;
        return sentAnotherWay(generation, at, { way: status.unreadWay, taskId }, status.failure);
      }
      return { type: "remote-failed", at, failure: status.failure };
    case "cancelled":
      return { type: "remote-cancelled", at };
    case "expired":
      // Another account's key knows nothing of our tasks, and a vendor may forget for a moment: while it could still have
      // the task, a word of its absence ends nothing that was paid for.
      return laterOrExpired(
        { ...generation, remoteWord: status.word },
        at,
        Math.max(lookIntervalMs, SLOW_LOOK_MS),
        { code: status.word, message: "", requestId: null },
      );
    case "queued":
    case "running":
    case "unlisted":
      return laterOrExpired(
        { ...generation, remoteWord: status.word },
        at,
        lookIntervalMs,
        { code: status.word, message: "", requestId: null },
        KNOWN_GRACE_MS,
      );
  }
}

/** No answer says nothing of the task: it may have ended well while we were asleep, or cut off. */
function notLooked(
  generation: Generation,
  at: number,
  error: ProviderError,
  lookIntervalMs: number,
): GenerationEvent {
  if (error instanceof QueriesHeld)
    return { type: "put-off", at, dueAt: tryAgainAt(at, error.retryAfterMs, generation.deadlineAt) };
  const retryMs =
    error.retryAfterMs === null
      ? Math.min(2 * lookIntervalMs, FAILED_LOOK_INTERVAL_MS_MAX)
      : queryWaitMs(error.retryAfterMs);
  return laterOrExpired(generation, at, retryMs, error.failure.raw, GRACE_MS);
}

function laterOrExpired(
  { deadlineAt, remoteWord }: Generation,
  at: number,
  waitMs: number,
  raw: ReturnType<typeof taskExpired>["raw"],
  graceMs = 0,
): GenerationEvent {
  if (deadlineAt !== null && at >= deadlineAt + graceMs)
    return { type: "remote-failed", at, failure: taskExpired(raw) };
  return { type: "progressed", at, remoteWord, dueAt: tryAgainAt(at, waitMs, deadlineAt) };
}
