import type { Clock } from "../clock";
import type { Storage } from "../storage/storage";
import { type BeatRepository, isBeating } from "./beat-repository";
import type { CountRepository } from "./count-repository";

/** A probe gives up sooner than this by itself. */
const LOOK_MS_MAX = 3_000;
/** However many ask, the studio is looked at once in this time. */
const FRESH_MS = 1_000;

type Part = "ok" | "down";

/** Counts and times alone: this is told to everybody who asks. */
export type Health = {
  live: true;
  ready: boolean;
  /** Can be written. */
  database: Part;
  /** Takes and gives files. */
  storage: Part;
  /** `late`: none was heard in the last half minute. `none`: there has been none for a day. */
  worker: { state: "ok" | "late" | "none"; count: number; lastBeatSecondsAgo: number | null };
  queue: { depth: number | null; oldestWaitingSeconds: number | null };
};

export type HealthCheck = () => Promise<Health>;

/** Looks at what a request and its clip need. Never throws, and takes three seconds at most. */
export function createHealthCheck(options: {
  /** Of this process. */
  id: string;
  /** This process works on generations itself. */
  hasWorker: boolean;
  beats: BeatRepository;
  counts: Pick<CountRepository, "queue">;
  storage: Storage;
  stopping: AbortSignal;
  clock: Clock;
}): HealthCheck {
  const { id, hasWorker, beats, counts, storage, stopping, clock } = options;
  let last: { at: number; health: Promise<Health> } | null = null;

  async function look(): Promise<Health> {
    const now = clock.now();
    const [isWritable, hasStorage, workerBeats, queue] = await Promise.all([
      inTime(beats.beat(`${id}-probe`, false, now).then(() => true)),
      inTime(storage.probe().then(() => true)),
      inTime(beats.listWorkerBeats()),
      inTime(counts.queue()),
    ]);
    const lastBeatAt = workerBeats?.length ? Math.max(...workerBeats) : null;
    const beating = (workerBeats ?? []).filter((at) => isBeating(at, now));
    const state = beating.length > 0 ? "ok" : lastBeatAt === null ? "none" : "late";
    return {
      live: true,
      // Pages and orders need no worker: were all of them away, a balancer would take every page away as well.
      ready:
        isWritable !== null && hasStorage !== null && (state === "ok" || !hasWorker) && !stopping.aborted,
      database: isWritable ? "ok" : "down",
      storage: hasStorage ? "ok" : "down",
      worker: {
        state,
        count: beating.length,
        lastBeatSecondsAgo: lastBeatAt === null ? null : secondsSince(lastBeatAt, now),
      },
      queue: {
        depth: queue?.depth ?? null,
        oldestWaitingSeconds: queue && (queue.oldestAt === null ? 0 : secondsSince(queue.oldestAt, now)),
      },
    };
  }

  return () => {
    const now = clock.now();
    if (!last || now - last.at >= FRESH_MS || stopping.aborted) last = { at: now, health: look() };
    return last.health;
  };
}

/** Null where it does not come, or not in time. */
async function inTime<Value>(answer: Promise<Value>): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((done) => {
    timer = setTimeout(done, LOOK_MS_MAX, null);
  });
  try {
    return await Promise.race([answer, late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function secondsSince(at: number, now: number): number {
  return Math.max(0, Math.round((now - at) / 1000));
}
