import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { GenerationEventType } from "@/lib/domain/generation-state";
import type { MediaTaskName } from "../media/media-tasks";
import type { ProviderCall, ProviderOutcome } from "../providers/measured-provider";

export type Metrics = ReturnType<typeof createMetrics>;

const PREFIX = "firstframe_";
/** From a query in the same building to a start that takes its whole time-out. */
const CALL_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const DELAY_BUCKETS = [0.1, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 300];
const WAIT_BUCKETS = [1, 5, 15, 30, 60, 300, 900, 3600, 14_400];
const TASK_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];

/**
 * What this process counts, in Prometheus' words. Labels are words of our own, never ids, owners, models or texts: each
 * metric has a number of series that is known beforehand.
 */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const events = new Counter({
    name: `${PREFIX}generation_events_total`,
    help: "Steps in the lives of generations: claimed is a start that is about to be sent, accepted, refused and fate-unknown are what came of it",
    labelNames: ["event"],
    registers,
  });
  const calls = new Histogram({
    name: `${PREFIX}vendor_request_duration_seconds`,
    help: "Calls to vendors, by what came of them",
    labelNames: ["vendor", "call", "outcome"],
    buckets: CALL_BUCKETS,
    registers,
  });
  const tasks = new Histogram({
    name: `${PREFIX}media_task_duration_seconds`,
    help: "Media work in the child process, waiting for its turn included",
    labelNames: ["task", "outcome"],
    buckets: TASK_BUCKETS,
    registers,
  });
  const lookDelay = new Histogram({
    name: `${PREFIX}look_delay_seconds`,
    help: "From when a running generation was to be looked at to its answer",
    buckets: DELAY_BUCKETS,
    registers,
  });
  const queueWait = new Histogram({
    name: `${PREFIX}queue_wait_seconds`,
    help: "From an order to its first start",
    buckets: WAIT_BUCKETS,
    registers,
  });
  const streams = new Gauge({ name: `${PREFIX}open_streams`, help: "Open event streams", registers });
  const bytes = new Counter({
    name: `${PREFIX}transferred_bytes_total`,
    help: "Bytes of uploads that were kept, of films fetched from vendors, and of files given to browsers and vendors",
    labelNames: ["direction"],
    registers,
  });
  for (const direction of ["upload", "download", "served"]) bytes.inc({ direction }, 0);

  return {
    registry,
    event: (event: GenerationEventType | "created") => events.inc({ event }),
    lookDelay: (ms: number) => lookDelay.observe(ms / 1000),
    queueWait: (ms: number) => queueWait.observe(ms / 1000),
    vendorCall: (vendor: string, call: ProviderCall, outcome: ProviderOutcome, ms: number) =>
      calls.observe({ vendor, call, outcome }, ms / 1000),
    mediaTask: (task: MediaTaskName, outcome: "done" | "failed", ms: number) =>
      tasks.observe({ task, outcome }, ms / 1000),
    uploaded: (sizeBytes: number) => bytes.inc({ direction: "upload" }, sizeBytes),
    downloaded: (sizeBytes: number) => bytes.inc({ direction: "download" }, sizeBytes),
    served: (sizeBytes: number) => bytes.inc({ direction: "served" }, sizeBytes),

    /** The items as they come, counted as a stream from the first that is asked for to the end. */
    async *stream<Item>(items: AsyncGenerator<Item>): AsyncGenerator<Item> {
      streams.inc();
      try {
        yield* items;
      } finally {
        streams.dec();
      }
    },

    /** A number that is looked up whenever somebody reads the metrics; null where it cannot be had. */
    watch(name: string, help: string, read: () => number | null | Promise<number | null>): void {
      new Gauge({
        name: PREFIX + name,
        help,
        registers,
        async collect() {
          const value = await read();
          if (value === null) this.remove();
          else this.set(value);
        },
      });
    },

    /** The same for several at once, by one label whose values are known beforehand. */
    watchEach(
      name: string,
      help: string,
      label: string,
      read: () => Promise<ReadonlyMap<string, number> | null>,
    ): void {
      new Gauge({
        name: PREFIX + name,
        help,
        labelNames: [label],
        registers,
        async collect() {
          this.reset();
          for (const [key, value] of (await read()) ?? []) this.set({ [label]: key }, value);
        },
      });
    },
  };
}
