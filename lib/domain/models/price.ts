import type { ConnectionPlace } from "../connection";
import type { Money } from "../money";
import type { Model, ResolutionTier, Sound } from "./model";
import { siteAt } from "./offer";

/**
 * What a generation is expected to cost: output seconds × the price of a second there, or null where that price is
 * not known. Continuations bill the whole output, so the duration is all that counts; a silent film may cost less.
 * (User guide, "Billing".)
 */
export function estimatePrice(
  model: Model,
  place: ConnectionPlace,
  parameters: { resolution: ResolutionTier; durationSeconds: number; sound?: Sound | undefined },
): Money | null {
  const site = siteAt(model, place);
  const silent = parameters.sound === "silent" ? site?.silentPricePerSecond : undefined;
  const perSecond = (silent ?? site?.pricePerSecond)?.[parameters.resolution];
  if (!perSecond) return null;
  return { ...perSecond, amountMicro: perSecond.amountMicro * parameters.durationSeconds };
}
