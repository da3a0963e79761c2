import { AppError } from "@/lib/domain/errors";
import type { GenerationState, GenerationView } from "@/lib/domain/generation";
import type { Clock } from "../clock";
import type { GenerationRepository } from "./generation-repository";
import { notFound } from "./not-found";
import { viewOf } from "./view-of";

type Desk = { generations: GenerationRepository; clock: Clock };

/** A worker may write the row while a person presses; each time it is read anew. */
const TRIES_MAX = 5;

const REFUSALS: Partial<Record<GenerationState, string>> = {
  unconfirmed:
    "Nobody knows whether the provider took this one, so there is nothing to take back. Close it on its card.",
  saving: "Its film is made already and is being saved: it is too late to take it back.",
  succeeded: "Its film is ready: it is too late to take it back.",
  failed: "It has ended already.",
  cancelled: "It has ended already.",
};

/**
 * Takes a generation back. What was not sent ends at once and costs nothing; what is on its way or at the vendor keeps
 * the wish in its row, and the worker asks the vendor: the row goes on until the vendor says how the task ended.
 * Pressed again, it changes nothing. Throws `state-changed`, in words, where there is nothing to take back.
 */
export async function cancelGeneration(desk: Desk, ownerId: string, id: string): Promise<GenerationView> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const generation = await desk.generations.findOwned(ownerId, id);
    if (!generation) throw notFound();
    if (generation.cancelRequestedAt !== null) return viewOf(desk, generation);
    const refusal = REFUSALS[generation.state];
    if (refusal) throw new AppError("state-changed", refusal);
    const event = { type: "cancel-asked", at: desk.clock.now() } as const;
    const asked = await desk.generations.applyEvent(generation, event);
    if (asked) return viewOf(desk, asked);
  }
  throw new AppError("state-changed", "It was changing at that very moment. Press Cancel again.");
}
