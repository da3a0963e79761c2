import { isAppError } from "@/lib/domain/errors";
import { sweepStrayBlobs } from "../assets/sweep-stray-blobs";
import { withLogContext } from "../log-context";
import type { Pulse } from "../operations/pulse";
import { advanceGeneration } from "./advance-generation";
import type { Generation } from "./generation";
import type { GenerationBus } from "./generation-bus";
import { keepLeased } from "./lease-keeper";
import { leaseNext, STEPS_MAX } from "./lease-next";
import { sweepSpool } from "./sweep-spool";
import { startWorker } from "./worker";
import type { Workshop } from "./workshop";

const REST_MS = 500;
/** A look along a queue of thousands is work: where nothing could go, the next one waits for so long. */
const QUEUE_REST_MS = 200;
const SWEEP_INTERVAL_MS = 10 * 60_000;
/** A page that was away for longer gets everything anew. */
const EVENTS_KEPT_MS = 7 * 24 * 3_600_000;

/** Does the work of this process, beside that of others on the same database, until `stop` has waited for what is in hand. */
export function runWorkshop(options: {
  workshop: Workshop;
  bus: GenerationBus;
  isDatabaseLost: () => boolean;
  /** Names this process among those that work on the same rows. */
  holder: string;
  pulse: Pulse;
}): { stop(): Promise<void> } {
  const { workshop, bus, isDatabaseLost, holder, pulse } = options;
  const { generations, clock, log } = workshop;

  const inHand = new Map<string, Generation["state"]>();
  let queueRestsUntil = 0;
  let wakeAfter: NodeJS.Timeout | null = null;

  function wakeForQueue(): void {
    wakeAfter = null;
    worker.wake();
  }

  /** After a sleep of the machine, or of the database, leases run out under work that goes on all the same. */
  async function leaseAnother(): Promise<Generation | null> {
    const restMs = queueRestsUntil - performance.now();
    const generation = await leaseNext(workshop, holder, [...inHand.values()], restMs <= 0);
    if (generation === null && restMs <= 0) queueRestsUntil = performance.now() + QUEUE_REST_MS;
    // Whoever ordered meanwhile does not wait for the worker's own rest.
    else if (generation === null) wakeAfter ??= setTimeout(wakeForQueue, restMs);
    return generation && inHand.has(generation.id) ? null : generation;
  }

  async function work(generation: Generation): Promise<void> {
    inHand.set(generation.id, generation.state);
    try {
      await withLogContext({ generationId: generation.id }, () =>
        keepLeased(generations, generation.id, holder, clock.now, () =>
          advanceGeneration(workshop, generation),
        ),
      );
    } finally {
      inHand.delete(generation.id);
    }
  }

  const worker = startWorker<Generation>({
    lease: leaseAnother,
    work,
    release: (generation) => generations.releaseLease(generation.id, holder),
    onError(error, generation) {
      // While the database is away every look fails, and that it is away is said elsewhere.
      if (isDatabaseLost() && isAppError(error)) return;
      log.error({ error, generationId: generation?.id }, "a step failed");
    },
    onTurn: () => pulse.onTurn(),
    concurrency: STEPS_MAX,
    restMs: REST_MS,
  });
  const stopListening = bus.onAnyChange(() => worker.wake());

  async function sweep(): Promise<void> {
    try {
      await sweepStrayBlobs(workshop);
      await sweepSpool(workshop);
      await generations.pruneEvents(clock.now() - EVENTS_KEPT_MS);
    } catch (error) {
      log.error({ error }, "stray files and old events could not be swept");
    }
  }
  const sweeping = setInterval(() => void sweep(), SWEEP_INTERVAL_MS);
  sweeping.unref();
  void sweep();

  return {
    async stop() {
      clearInterval(sweeping);
      if (wakeAfter) clearTimeout(wakeAfter);
      stopListening();
      await worker.stop();
      await pulse.stop();
    },
  };
}
