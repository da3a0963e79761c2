import { AppError } from "@/lib/domain/errors";
import type { GenerationView } from "@/lib/domain/generation";
import type { GenerationEvent } from "@/lib/domain/generation-state";
import type { Clock } from "../clock";
import type { GenerationRepository } from "./generation-repository";
import { notFound } from "./not-found";

type Desk = { generations: GenerationRepository; clock: Clock };

/** Takes back a generation that has not been sent. Once it is on its way, this refuses and says so. */
export async function cancelGeneration(desk: Desk, ownerId: string, id: string): Promise<GenerationView> {
  return endIn(
    "queued",
    desk,
    ownerId,
    id,
    { type: "cancel-asked", at: desk.clock.now() },
    "It has been sent already.",
  );
}

/** The person decides that a start of unknown fate is over. It is never sent again; if it was billed, it was. */
export async function closeUnconfirmed(desk: Desk, ownerId: string, id: string): Promise<GenerationView> {
  const at = desk.clock.now();
  return endIn(
    "unconfirmed",
    desk,
    ownerId,
    id,
    {
      type: "closed-by-person",
      at,
      failure: {
        kind: "closed-unconfirmed",
        title: "Closed without an answer",
        explanation:
          "The vendor never confirmed this start, and you closed it. If it was taken all the same, its bill shows it.",
        input: null,
        charged: "unknown",
        advice: "retry",
        raw: null,
      },
    },
    "It has moved on in the meantime.",
  );
}

/** Puts a failure away; the row stays. */
export async function dismissFailure(desk: Desk, ownerId: string, id: string): Promise<GenerationView> {
  const generation = await desk.generations.setDismissed(ownerId, id, true, desk.clock.now());
  if (!generation) throw notFound();
  const [view] = await desk.generations.toViews([generation]);
  if (!view) throw notFound();
  return view;
}

async function endIn(
  state: "queued" | "unconfirmed",
  { generations }: Desk,
  ownerId: string,
  id: string,
  event: GenerationEvent,
  tooLate: string,
): Promise<GenerationView> {
  const generation = await generations.findOwned(ownerId, id);
  if (!generation) throw notFound();
  const ended = generation.state === state ? await generations.applyEvent(generation, event) : null;
  if (!ended) throw new AppError("state-changed", tooLate);
  const [view] = await generations.toViews([ended]);
  if (!view) throw notFound();
  return view;
}
