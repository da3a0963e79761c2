import type { GenerationEvent, GenerationLife } from "@/lib/domain/generation-state";
import type { Log } from "../log";
import type { MediaProcess } from "../media/media-process";
import type { HealthCheck } from "./check-health";
import type { CountRepository } from "./count-repository";
import type { Metrics } from "./metrics";

type Measured = GenerationLife & { id: string; createdAt: number };

/**
 * What an event of a row says of the studio as a whole; the log has each of them that is no mere look, nor one more try to
 * store a clip, of which a line of its own tells why it failed.
 */
export function measureEvents(metrics: Metrics, log: Log) {
  return (before: Measured, event: GenerationEvent | { type: "created"; at: number }): void => {
    metrics.event(event.type);
    const isPutOff = event.type === "put-off";
    const isLook = isPutOff || event.type === "progressed" || event.type === "still-unconfirmed";
    const isQuiet = isLook || event.type === "not-stored";
    log[isQuiet ? "debug" : "info"](
      { generationId: before.id, event: event.type, from: before.state },
      "generation",
    );
    if (event.type === "claimed" && before.attempt === 0) metrics.queueWait(event.at - before.createdAt);
    if (before.state === "running" && before.dueAt !== null && event.type !== "cancel-asked" && !isPutOff)
      metrics.lookDelay(Math.max(0, event.at - before.dueAt));
  };
}

/** The same process, whose tasks are counted. */
export function measuredMedia(media: MediaProcess, metrics: Metrics): MediaProcess {
  return {
    ...media,
    async run(name, input, options) {
      const startedAt = performance.now();
      let outcome: "done" | "failed" = "failed";
      try {
        const output = await media.run(name, input, options);
        outcome = "done";
        return output;
      } finally {
        metrics.mediaTask(name, outcome, performance.now() - startedAt);
      }
    },
  };
}

/** Numbers that are looked up when they are asked for. Those of the database are of all processes together. */
export function watchStudio(
  metrics: Metrics,
  parts: {
    checkHealth: HealthCheck;
    counts: Pick<CountRepository, "byState">;
    children: ReadonlyMap<string, MediaProcess>;
  },
): void {
  const { checkHealth, counts, children } = parts;
  const state = async (read: (health: Awaited<ReturnType<HealthCheck>>) => number | null) =>
    read(await checkHealth());
  metrics.watch("ready", "1 where /api/health says ready", () => state(({ ready }) => Number(ready)));
  metrics.watch("workers", "Workers heard in the last half minute", () =>
    state(({ worker }) => worker.count),
  );
  metrics.watch("worker_last_beat_seconds", "Since a worker was last heard", () =>
    state(({ worker }) => worker.lastBeatSecondsAgo),
  );
  metrics.watch("queue_depth", "Generations that wait to be sent", () => state(({ queue }) => queue.depth));
  metrics.watch("queue_oldest_waiting_seconds", "How long the oldest of them has waited", () =>
    state(({ queue }) => queue.oldestWaitingSeconds),
  );
  metrics.watchEach("generations", "Generations by state", "state", () => counts.byState().catch(() => null));
  const usage = (read: (child: MediaProcess) => number | null) => async () =>
    new Map(
      [...children].flatMap(([name, child]): [string, number][] => {
        const value = read(child);
        return value === null ? [] : [[name, value]];
      }),
    );
  metrics.watchEach(
    "media_tasks",
    "Media tasks that wait or run",
    "child",
    usage((child) => child.usage().tasks),
  );
  metrics.watchEach(
    "media_child_memory_bytes",
    "Resident memory of the media children; absent while there is none, and where the system does not tell",
    "child",
    usage((child) => child.usage().memoryBytes),
  );
}
