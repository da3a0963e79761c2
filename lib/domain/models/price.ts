import type { ConnectionPlace } from "../connection";
import type { Money } from "../money";
import type { Model, ResolutionTier } from "./model";

/**
 * What a generation is expected to cost: output seconds × the price of a second there, or null where that price is
 * not known. Continuations bill the whole output, so the duration is all that counts. (User guide, "Billing".)
 */
export function estimatePrice(
  model: Model,
  place: ConnectionPlace,
  parameters: { resolution: ResolutionTier; durationSeconds: number },
): Money | null {
  const perSecond = model.offers[place.vendor]?.pricePerSecond[place.region]?.[parameters.resolution];
  if (!perSecond) return null;
  return { ...perSecond, amountMicro: perSecond.amountMicro * parameters.durationSeconds };
}

/** Whether the place has the model at all. */
export function isOfferedAt(model: Model, place: ConnectionPlace): boolean {
  return model.offers[place.vendor]?.pricePerSecond[place.region] !== undefined;
}
