import type { GenerationEvent } from "@/lib/domain/generation-state";
import { ProviderError, type RemoteStatus, type RemoteTask } from "../providers/provider";
import type { Generation } from "./generation";
import type { Workshop } from "./workshop";
import { taskExpired } from "./workshop-failures";

/** A vendor that has just accepted a task may not find it everywhere yet; only later is "unknown" an answer. */
const UNKNOWN_COUNTS_AFTER_MS = 10 * 60_000;
const LOOK_WITHOUT_CONNECTION_MS = 60_000;
const FAILED_LOOK_INTERVAL_MS_MAX = 60_000;

/** Asks the vendor how a running task is. A look that fails changes nothing but the time of the next one. */
export async function checkGeneration(workshop: Workshop, generation: Generation): Promise<void> {
  const { generations, connections, clock, log } = workshop;
  const connection = connections.find(generation.connection.id);
  let event: GenerationEvent;
  if (!connection) {
    event = laterOrExpired(generation, clock.now(), LOOK_WITHOUT_CONNECTION_MS, null);
  } else {
    try {
      const status = await connection.provider.check(generation.remoteTask as RemoteTask, workshop.stopping);
      event = toEvent(generation, status, clock.now(), connection.lookIntervalMs);
      if (status.kind === "unlisted")
        log.warn({ generationId: generation.id, word: status.word }, "unlisted task status");
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      log.warn({ generationId: generation.id, error }, "a look at the vendor failed");
      const waitMs =
        error.retryAfterMs ?? Math.min(2 * connection.lookIntervalMs, FAILED_LOOK_INTERVAL_MS_MAX);
      event = laterOrExpired(generation, clock.now(), waitMs, error.failure.raw);
    }
  }
  await generations.applyEvent(generation, event);
}

function toEvent(
  generation: Generation,
  status: RemoteStatus,
  at: number,
  lookIntervalMs: number,
): GenerationEvent {
  switch (status.kind) {
    case "succeeded": {
      const { result, usage, actualPrompt } = status;
      return { type: "finished", at, result, usage, actualPrompt };
    }
    case "failed":
      return { type: "remote-failed", at, failure: status.failure };
    case "cancelled":
      return { type: "remote-cancelled", at };
    case "expired":
      if (at - (generation.submittedAt ?? 0) > UNKNOWN_COUNTS_AFTER_MS) {
        return {
          type: "remote-failed",
          at,
          failure: taskExpired({ code: status.word, message: "", requestId: null }),
        };
      }
      return laterOrExpired({ ...generation, remoteWord: status.word }, at, lookIntervalMs, null);
    case "queued":
    case "running":
    case "unlisted":
      return laterOrExpired({ ...generation, remoteWord: status.word }, at, lookIntervalMs, {
        code: status.word,
        message: "",
        requestId: null,
      });
  }
}

function laterOrExpired(
  { deadlineAt, remoteWord }: Generation,
  at: number,
  waitMs: number,
  raw: ReturnType<typeof taskExpired>["raw"],
): GenerationEvent {
  if (deadlineAt !== null && at >= deadlineAt)
    return { type: "remote-failed", at, failure: taskExpired(raw) };
  return { type: "progressed", at, remoteWord, dueAt: at + waitMs };
}
