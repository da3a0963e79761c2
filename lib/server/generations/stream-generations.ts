import { isAppError } from "@/lib/domain/errors";
import type { GenerationView } from "@/lib/domain/generation";
import type { GenerationPage } from "@/lib/domain/studio";
import type { ChangeReader } from "./change-reader";
import type { GenerationBus } from "./generation-bus";
import type { GenerationRepository } from "./generation-repository";
import { listGenerations } from "./list-generations";

export type StreamItem =
  | { type: "snapshot"; id: number; page: GenerationPage }
  /** `id` is null for a mere look, which is no event. */
  | { type: "generation"; id: number | null; view: GenerationView }
  | { type: "ping" };

/** Where the database is away; its return wakes the stream sooner. */
const RETRY_MS = 5_000;

/**
 * What an owner's open page is told: everything after event `after` (or a whole snapshot where `after` is null), then
 * each change as it happens, always as the generation's newest state. It reads as fast as the page takes: a slow page
 * costs one set of ids, not a queue of messages. A quiet stream pings, and looks at the table itself as a backstop. A
 * database that is away for a while ends no stream.
 */
export async function* streamGenerations(options: {
  generations: GenerationRepository;
  bus: GenerationBus;
  changes: ChangeReader;
  ownerId: string;
  after: number | null;
  pingMs: number;
  signal: AbortSignal;
}): AsyncGenerator<StreamItem> {
  const { generations, bus, ownerId, signal } = options;
  const looked = new Set<string>();
  let isStale = false;
  let wake: () => void = () => {};
  const stopListening = bus.onChange(ownerId, (id) => {
    if (id !== null) looked.add(id);
    isStale = true;
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener("abort", onAbort);

  /** Answers whether it was woken. */
  function wait(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
      if (isStale || signal.aborted) wake();
    });
  }

  async function patiently<Value>(read: () => Promise<Value>): Promise<Value> {
    for (;;) {
      isStale = false;
      try {
        return await read();
      } catch (error) {
        if (signal.aborted || !isAppError(error) || error.code !== "unavailable") throw error;
        await wait(RETRY_MS);
      }
    }
  }

  /** All that changed after an event, and what was looked at meanwhile. */
  async function readChanges(after: number) {
    const asked = [...looked].toSorted();
    // Before the rows are read: one that changes during that is read again.
    looked.clear();
    try {
      return await options.changes.read(ownerId, after, asked);
    } catch (error) {
      for (const id of asked) looked.add(id);
      throw error;
    }
  }

  try {
    let position = options.after;
    if (position === null || (await patiently(() => isUnknown(options, position ?? 0)))) {
      const page = await patiently(() => listGenerations(generations, ownerId, null));
      position = page.highWaterId;
      yield { type: "snapshot", id: position, page };
    }
    while (!signal.aborted) {
      const from: number = position;
      const { items, lastId, hasMore } = await patiently(() => readChanges(from));
      for (const item of items) yield { type: "generation", ...item };
      position = lastId;
      if (hasMore || isStale) continue;

      const wasWoken = await wait(options.pingMs);
      if (!wasWoken) yield { type: "ping" };
    }
  } finally {
    stopListening();
    signal.removeEventListener("abort", onAbort);
  }
}

/**
 * Whether what came after an id cannot be told one by one: events after it are pruned, or we never gave it, as after
 * the restore of a backup.
 */
async function isUnknown(
  { generations, ownerId }: { generations: GenerationRepository; ownerId: string },
  position: number,
): Promise<boolean> {
  if (position > (await generations.lastEventId(ownerId))) return true;
  return position < (await generations.prunedEventId());
}
