export type WorkerOptions<Item> = {
  /** Takes a lease on something due, or null. */
  lease: () => Promise<Item | null>;
  /** One step. A step that throws keeps its lease until that runs out: the next try is not at once. */
  work: (item: Item) => Promise<void>;
  release: (item: Item) => Promise<void>;
  onError: (error: unknown, item: Item | null) => void;
  /** The loop has looked for work, or has its hands full. */
  onTurn?: () => void;
  /** How many items are worked on at once. */
  concurrency: number;
  /** How long to rest when nothing is due; a wake cuts it short. */
  restMs: number;
};

export type Worker = {
  /** Looks for work at once. */
  wake(): void;
  /** Takes no more work and waits for what is in hand. */
  stop(): Promise<void>;
};

/** A loop that leases whatever is due and works on it, a few items at a time. An error never ends it. */
export function startWorker<Item>(options: WorkerOptions<Item>): Worker {
  const inHand = new Set<Promise<void>>();
  let isStopping = false;
  let wake: () => void = () => {};
  let wasWoken = false;

  async function workOn(item: Item): Promise<void> {
    try {
      await options.work(item);
      await options.release(item);
    } catch (error) {
      options.onError(error, item);
    }
  }

  async function rest(): Promise<void> {
    if (wasWoken || isStopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, options.restMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function loop(): Promise<void> {
    while (!isStopping) {
      wasWoken = false;
      try {
        while (!isStopping && inHand.size < options.concurrency) {
          const item = await options.lease();
          if (item === null) break;
          const task: Promise<void> = workOn(item).finally(() => {
            inHand.delete(task);
            worker.wake();
          });
          inHand.add(task);
        }
        options.onTurn?.();
      } catch (error) {
        // The database may be locked or gone for a while.
        options.onError(error, null);
      }
      await rest();
    }
    await Promise.all(inHand);
  }

  const worker: Worker = {
    wake() {
      wasWoken = true;
      wake();
    },
    async stop() {
      isStopping = true;
      wake();
      await ended;
    },
  };
  const ended = loop();
  return worker;
}
