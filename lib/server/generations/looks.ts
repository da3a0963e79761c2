import { createLookPlanner, type LookPlanner } from "@/lib/domain/looking/look-planner";
import type { ObservedRun, RunKind } from "@/lib/domain/looking/observed-run";
import type { DatabaseTransaction } from "../db/database";
import type { RemoteStatus } from "../providers/provider";
import type { Connection } from "../providers/registry";
import type { Generation } from "./generation";
import type { TaskRunRepository } from "./task-run-repository";

const HISTORY_MAX = 2_000;
const PAGE_SIZE = 500;
/** An end that nobody was there to see, as over a night, tells nothing of how long the task took. */
const BLUR_MS_MAX = 120_000;

/** A look that found a task ended. Instants are epoch ms. */
export type EndingLook = { connection: Connection; acceptedAt: number; at: number; status: RemoteStatus };

export type Looks = ReturnType<typeof createLooks>;

/**
 * When to look at running tasks, learnt from those that ended: read once, then kept up with what this process and
 * others add. Tasks of the demo and of test connections are short and cost nobody anything: they are looked at in a
 * fixed interval, and never learnt from.
 */
export function createLooks(taskRuns: TaskRunRepository) {
  const planners = new Map<number, LookPlanner>();
  const history: { kind: RunKind; run: ObservedRun }[] = [];
  let lastId: number | null = null;
  let reading: Promise<void> | null = null;

  async function readNewRuns(): Promise<void> {
    const isFirst = lastId === null;
    const runs = await (lastId === null
      ? taskRuns.listLatest(HISTORY_MAX)
      : taskRuns.listAfter(lastId, PAGE_SIZE));
    for (const { id, kind, run } of runs) {
      lastId = id;
      history.push({ kind, run });
      for (const planner of planners.values()) planner.record(kind, run);
    }
    history.splice(0, history.length - HISTORY_MAX);
    if (isFirst) lastId ??= 0;
  }

  function plannerFor(intervalMs: number): LookPlanner {
    const known = planners.get(intervalMs);
    if (known) return known;
    const planner = createLookPlanner(intervalMs);
    for (const { kind, run } of history) planner.record(kind, run);
    planners.set(intervalMs, planner);
    return planner;
  }

  return {
    /** Learns what was recorded meanwhile. To be called before there is anything that a busy database could delay. */
    async refresh(): Promise<void> {
      reading ??= readNewRuns().finally(() => {
        reading = null;
      });
      await reading;
    },

    /**
     * How long to wait before a task is looked at again, ms: accepted just now where `status` is null, else as this
     * look found it. From memory alone.
     */
    gapMs(
      connection: Connection,
      generation: Pick<Generation, "connection" | "modelId" | "parameters">,
      acceptedAt: number,
      at: number,
      status: RemoteStatus | null,
    ): number {
      if (!isLearntFrom(connection)) return connection.lookIntervalMs;
      const elapsedMs = Math.max(0, at - acceptedAt);
      const nextMs = plannerFor(connection.lookIntervalMs).nextLookMs(kindOf(generation), {
        elapsedMs,
        queueMs: status?.times?.queueMs ?? null,
        isQueued: status?.kind === "queued",
      });
      return Math.ceil(nextMs - elapsedMs);
    },

    /** Writes down how long a task took that this look found ended, in the transaction that ends it here. */
    async record(
      transaction: DatabaseTransaction,
      generation: Generation,
      { connection, acceptedAt, at, status }: EndingLook,
    ): Promise<void> {
      const run = isLearntFrom(connection) ? runOf(generation, at, acceptedAt, status) : null;
      if (run)
        await taskRuns.add(transaction, { generationId: generation.id, kind: kindOf(generation), run, at });
    },
  };
}

function isLearntFrom({ view }: Connection): boolean {
  return !view.isDemo && !view.isTest;
}

function kindOf({
  connection,
  modelId,
  parameters,
}: Pick<Generation, "connection" | "modelId" | "parameters">): RunKind {
  const { resolution, durationSeconds } = parameters;
  return { connectionId: connection.id, modelId, resolution, durationSeconds };
}

/** By the vendor's clock where it tells the end; else between our last two looks. Null where neither tells much. */
function runOf(
  { lastCheckedAt }: Generation,
  at: number,
  acceptedAt: number,
  { times }: RemoteStatus,
): ObservedRun | null {
  const elapsedMs = at - acceptedAt;
  const endMs = times?.endMs ?? null;
  const queueMs = times?.queueMs ?? null;
  if (endMs !== null)
    return {
      earliestMs: endMs,
      latestMs: endMs,
      queueMs: queueMs === null || queueMs > endMs ? null : queueMs,
    };
  const earliestMs = Math.max(0, (lastCheckedAt ?? acceptedAt) - acceptedAt);
  return elapsedMs >= earliestMs && elapsedMs - earliestMs <= BLUR_MS_MAX
    ? { earliestMs, latestMs: elapsedMs, queueMs: null }
    : null;
}
