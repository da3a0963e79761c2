import type { GenerationView } from "@/lib/domain/generation";
import type { GenerationPage } from "@/lib/domain/studio";
import type { GenerationBus } from "./generation-bus";
import type { GenerationRepository } from "./generation-repository";
import { listGenerations } from "./list-generations";

export type StreamItem =
  | { type: "snapshot"; id: number; page: GenerationPage }
  /** `id` is null for a mere look, which is no event. */
  | { type: "generation"; id: number | null; view: GenerationView }
  | { type: "ping" };

const EVENTS_PER_READ = 200;

/**
 * What an owner's open page is told: everything after event `after` (or a whole snapshot where `after` is null), then
 * each change as it happens, always as the generation's newest state. It reads as fast as the page takes: a slow page
 * costs one set of ids, not a queue of messages. A quiet stream pings, and looks at the table itself as a backstop.
 */
export async function* streamGenerations(options: {
  generations: GenerationRepository;
  bus: GenerationBus;
  ownerId: string;
  after: number | null;
  pingMs: number;
  signal: AbortSignal;
}): AsyncGenerator<StreamItem> {
  const { generations, bus, ownerId, signal } = options;
  const looked = new Set<string>();
  let wake: () => void = () => {};
  const stopListening = bus.onChange(ownerId, (id) => {
    looked.add(id);
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener("abort", onAbort);

  try {
    let position = options.after;
    // An id that we never gave comes from before a restored backup: what that page knows is not what there is.
    if (position === null || position > (await generations.lastEventId(ownerId))) {
      const page = await listGenerations(generations, ownerId, null);
      position = page.highWaterId;
      yield { type: "snapshot", id: position, page };
    }
    while (!signal.aborted) {
      const events = await generations.listEvents(ownerId, position, EVENTS_PER_READ);
      const newest = new Map(events.map((event) => [event.generationId, event.id]));
      const changed = new Set([...newest.keys(), ...looked]);
      looked.clear();
      const found = await Promise.all([...changed].map((id) => generations.findOwned(ownerId, id)));
      const views = await generations.toViews(found.filter((generation) => generation !== null));
      // In the order of their events, so that a reader cut off in the middle asks again from the right place.
      views.sort((left, right) => (newest.get(left.id) ?? 0) - (newest.get(right.id) ?? 0));
      for (const view of views) yield { type: "generation", id: newest.get(view.id) ?? null, view };
      position = events.at(-1)?.id ?? position;
      if (events.length === EVENTS_PER_READ || looked.size > 0) continue;

      const wasWoken = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), options.pingMs);
        wake = () => {
          clearTimeout(timer);
          resolve(true);
        };
        if (looked.size > 0 || signal.aborted) wake();
      });
      if (!wasWoken) yield { type: "ping" };
    }
  } finally {
    stopListening();
    signal.removeEventListener("abort", onAbort);
  }
}
