import type { GenerationView } from "@/lib/domain/generation";

/**
 * What is known after news: of two views of one generation the higher version wins, newest first. News that changes
 * nothing gives back the very same list.
 */
export function mergeGenerations(
  known: readonly GenerationView[],
  incoming: readonly GenerationView[],
): readonly GenerationView[] {
  const byId = new Map(known.map((view) => [view.id, view]));
  const news = incoming.filter((view) => {
    const current = byId.get(view.id);
    const isNews = !current || view.version > current.version;
    if (isNews) byId.set(view.id, view);
    return isNews;
  });
  return news.length === 0 ? known : [...byId.values()].toSorted(newestFirst);
}

function newestFirst(left: GenerationView, right: GenerationView): number {
  return right.createdAt - left.createdAt || (left.id < right.id ? 1 : -1);
}
