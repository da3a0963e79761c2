import type { GenerationView } from "@/lib/domain/generation";
import { lookOf, statusTitle } from "@/lib/domain/generation-status";
import { generationTitle } from "@/lib/domain/generation-title";

/** What a person who cannot see the cards should hear about a change; null when there is nothing worth saying. */
export function announceChanges(
  before: readonly GenerationView[],
  after: readonly GenerationView[],
): string | null {
  const known = new Map(before.map((view) => [view.id, view]));
  const sentences = after.flatMap((view) => {
    const earlier = known.get(view.id);
    if (!earlier || earlier === view || statusTitle(earlier) === statusTitle(view)) return [];
    return [sentence(view)];
  });
  return sentences.length > 0 ? sentences.join(" ") : null;
}

function sentence(view: GenerationView): string {
  const title = `“${generationTitle(view)}”`;
  if (view.state === "succeeded") return `${title} is ready.`;
  if (lookOf(view) === "failure") return `${title} failed: ${statusTitle(view)}.`;
  return `${title}: ${statusTitle(view)}.`;
}
