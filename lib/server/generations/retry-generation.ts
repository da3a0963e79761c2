import { AppError } from "@/lib/domain/errors";
import { type GenerationView, isTerminal } from "@/lib/domain/generation";
import type { SlotName } from "@/lib/domain/models/model";
import type { Money } from "@/lib/domain/money";
import { createGeneration, type GenerationDesk } from "./create-generation";
import type { Generation } from "./generation";
import { notFound } from "./not-found";
import { viewOf } from "./view-of";

/**
 * Orders the same clip again as a new row, on the same connection. The failed row stays in the history and is put away.
 * What can go wrong: a second tab, a reload after a lost answer or a late second click asks again, and the clip would be
 * paid twice. So a row is retried once at most: whoever asks again gets the row that was made, at whatever price it was.
 * That row, should it fail, has a retry of its own. A retry that was refused has made no row and may be asked for again.
 */
export async function retryGeneration(
  desk: GenerationDesk,
  ownerId: string,
  input: { id: string; shownPrice: Money | null },
): Promise<GenerationView> {
  const failed = await desk.generations.findOwned(ownerId, input.id);
  if (!failed) throw notFound();
  if (!isTerminal(failed.state)) throw new AppError("state-changed", "This one has not ended yet.");
  const made = await desk.generations.findRetry(ownerId, failed.id);
  const view = made ? await viewOf(desk, made) : await orderAgain(desk, failed, input.shownPrice);
  if (!failed.isDismissed) await desk.generations.setDismissed(ownerId, failed.id, true, desk.clock.now());
  return view;
}

async function orderAgain(
  desk: GenerationDesk,
  failed: Generation,
  shownPrice: Money | null,
): Promise<GenerationView> {
  const connection = desk.connections.find(failed.connection);
  if (!connection || !desk.connections.offered.includes(connection)) {
    throw new AppError(
      "bad-request",
      `${failed.connection.label} is not set up any more. Take its settings into the composer to try it elsewhere.`,
    );
  }
  const media = Object.fromEntries(
    Object.entries(failed.media).map(([slot, input]) => [slot, input.assetId]),
  ) as Partial<Record<SlotName, string>>;
  return createGeneration(desk, failed.ownerId, {
    // Of those that ask at the same moment one makes the row. No form can send this: its ids begin with `req_`.
    requestId: `retry-${failed.id}`,
    connectionId: connection.view.id,
    modelId: failed.modelId,
    mode: failed.mode,
    media,
    parameters: failed.parameters,
    shownPrice,
    retryOf: failed.id,
  });
}
