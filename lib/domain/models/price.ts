import type { ConnectionView } from "../connection";
import type { Money } from "../money";
import type { Model, PriceTable, ResolutionTier, Sound } from "./model";
import { siteAt } from "./offer";

/** What a second costs at one place by the operator's word, which goes before the catalogue's. */
export type OwnPrice = { modelId: string; perSecond: PriceTable; silentPerSecond?: PriceTable | undefined };

/**
 * What a generation is expected to cost: output seconds × the price of a second there, or null where that price is
 * not known. Continuations bill the whole output, so the duration is all that counts; a silent film may cost less.
 * (User guide, "Billing".)
 */
export function estimatePrice(
  model: Model,
  { place, prices }: Pick<ConnectionView, "place" | "prices">,
  parameters: { resolution: ResolutionTier; durationSeconds: number; sound?: Sound | undefined },
): Money | null {
  const { sound, resolution } = parameters;
  const own = prices.find(({ modelId }) => modelId === model.id);
  const site = siteAt(model, place);
  const silent = sound === "silent" ? site?.silentPricePerSecond : undefined;
  const ownSilent = sound === "silent" ? own?.silentPerSecond : undefined;
  const perSecond =
    (ownSilent ?? own?.perSecond)?.[resolution] ?? (silent ?? site?.pricePerSecond)?.[resolution];
  if (!perSecond) return null;
  return { ...perSecond, amountMicro: perSecond.amountMicro * parameters.durationSeconds };
}
