import { AppError } from "@/lib/domain/errors";
import { type GenerationView, isTerminal } from "@/lib/domain/generation";
import type { SlotName } from "@/lib/domain/models/model";
import type { Money } from "@/lib/domain/money";
import { createGeneration, type GenerationDesk } from "./create-generation";
import { notFound } from "./not-found";

/**
 * Orders the same clip again as a new row, on the same connection. The failed row stays in the history and is put
 * away. The same request id again makes no second row.
 */
export async function retryGeneration(
  desk: GenerationDesk,
  ownerId: string,
  input: { id: string; requestId: string; shownPrice: Money | null },
): Promise<GenerationView> {
  const failed = await desk.generations.findOwned(ownerId, input.id);
  if (!failed) throw notFound();
  if (!isTerminal(failed.state)) throw new AppError("state-changed", "This one has not ended yet.");
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
  const view = await createGeneration(desk, ownerId, {
    requestId: input.requestId,
    connectionId: connection.view.id,
    modelId: failed.modelId,
    mode: failed.mode,
    media,
    parameters: failed.parameters,
    shownPrice: input.shownPrice,
    retryOf: failed.id,
  });
  await desk.generations.setDismissed(ownerId, failed.id, true, desk.clock.now());
  return view;
}
