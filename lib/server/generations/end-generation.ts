import { AppError } from "@/lib/domain/errors";
import { closableAt, type GenerationView } from "@/lib/domain/generation";
import type { Clock } from "../clock";
import type { GenerationRepository } from "./generation-repository";
import { notFound } from "./not-found";
import { viewOf } from "./view-of";

type Desk = { generations: GenerationRepository; clock: Clock };

/**
 * The person decides that a start of unknown fate is over. It is never sent again; if it was billed, it was. Not while its
 * answer could still come or its task be made: that would end a clip whose id we are about to learn.
 */
export async function closeUnconfirmed(desk: Desk, ownerId: string, id: string): Promise<GenerationView> {
  const at = desk.clock.now();
  const generation = await desk.generations.findOwned(ownerId, id);
  if (!generation) throw notFound();
  if (generation.state === "unconfirmed" && at < closableAt(generation))
    throw new AppError(
      "state-changed",
      "The vendor may still answer. Wait a few minutes, then close it if nothing has been found.",
    );
  const closed = await desk.generations.applyEvent(generation, {
    type: "closed-by-person",
    at,
    failure: {
      kind: "closed-unconfirmed",
      title: "Closed without an answer",
      explanation:
        "The vendor never confirmed this start, and you closed it. If it was taken all the same, its bill shows it; its price stays held.",
      input: null,
      charged: "unknown",
      advice: "retry",
      raw: null,
    },
  });
  if (!closed) throw new AppError("state-changed", "It has moved on in the meantime.");
  return viewOf(desk, closed);
}

/** Puts a failure away; the row stays. */
export async function dismissFailure(desk: Desk, ownerId: string, id: string): Promise<GenerationView> {
  const generation = await desk.generations.setDismissed(ownerId, id, true, desk.clock.now());
  if (!generation) throw notFound();
  return viewOf(desk, generation);
}
