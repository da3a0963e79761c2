import type { GenerationView } from "@/lib/domain/generation";
import type { GenerationBus } from "./generation-bus";
import type { GenerationRepository } from "./generation-repository";

const EVENTS_PER_READ = 200;

/** What changed after an event: each changed generation as it is now, in the order of their newest events. */
export type Changes = {
  /** `id` is null for a mere look, which is no event. */
  items: { id: number | null; view: GenerationView }[];
  /** The last event that was read, or the one asked after. */
  lastId: number;
  /** There are more events than one read takes. */
  hasMore: boolean;
};

export type ChangeReader = ReturnType<typeof createChangeReader>;

/**
 * Reads changes for open pages. A thousand pages that hear of the same change ask the same question at once: they share
 * one read. Nobody joins a read that began before the last change was heard of, so none can miss it.
 */
export function createChangeReader(generations: GenerationRepository, bus: GenerationBus) {
  const reading = new Map<string, Promise<Changes>>();
  let changes = 0;
  bus.onAnyChange(() => {
    changes += 1;
  });

  async function read(ownerId: string, after: number, looked: readonly string[]): Promise<Changes> {
    const events = await generations.listEvents(ownerId, after, EVENTS_PER_READ);
    const newest = new Map(events.map((event) => [event.generationId, event.id]));
    const changed = new Set([...newest.keys(), ...looked]);
    const found = await Promise.all([...changed].map((id) => generations.findOwned(ownerId, id)));
    const views = await generations.toViews(found.filter((generation) => generation !== null));
    // In the order of their events, so that a reader cut off in the middle asks again from the right place.
    views.sort((left, right) => (newest.get(left.id) ?? 0) - (newest.get(right.id) ?? 0));
    return {
      items: views.map((view) => ({ id: newest.get(view.id) ?? null, view })),
      lastId: events.at(-1)?.id ?? after,
      hasMore: events.length === EVENTS_PER_READ,
    };
  }

  return {
    /** The owner's changes after an event, and `looked`: generations that changed without one. */
    read(ownerId: string, after: number, looked: readonly string[]): Promise<Changes> {
      const question = [changes, ownerId, after, ...looked].join(" ");
      const known = reading.get(question);
      if (known !== undefined) return known;
      const answer = read(ownerId, after, looked).finally(() => reading.delete(question));
      reading.set(question, answer);
      return answer;
    },
  };
}
