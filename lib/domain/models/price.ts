import type { ConnectionView } from "../connection";
import type { Failure } from "../failure";
import type { Money } from "../money";
import type { Usage } from "../usage";
import type { Model, PriceTable, ResolutionTier, Sound } from "./model";
import { siteAt } from "./offer";

/** What a second costs at one place by the operator's word, which goes before the catalogue's. */
export type OwnPrice = { modelId: string; perSecond: PriceTable; silentPerSecond?: PriceTable | undefined };

type Market = Pick<ConnectionView, "place" | "prices">;
type Ordered = { resolution: ResolutionTier; sound?: Sound | undefined };

/**
 * What a generation is expected to cost: output seconds × the price of a second there, or null where that price is
 * not known. Continuations bill the whole output, so the duration is all that counts; a silent film may cost less.
 * (User guide, "Billing".)
 */
export function estimatePrice(
  model: Model,
  market: Market,
  { resolution, sound, durationSeconds }: Ordered & { durationSeconds: number },
): Money | null {
  return times(perSecondOf(model, market, resolution, sound === "silent"), durationSeconds);
}

/**
 * What a generation that has ended did cost, or null where that is not known. Nothing where the vendor surely charged
 * nothing: failed and cancelled tasks are free. Else what the usage says, at today's price of the tier and sound that
 * it names; what it does not name was as ordered. A usage that tells the money itself is taken at its word.
 */
export function settledCost(
  { charged, usage }: { charged: Failure["charged"]; usage: Usage | null },
  model: Model,
  market: Market,
  ordered: Ordered,
): Money | null {
  if (charged === "no") return { amountMicro: 0, currency: currencyOf(model, market) };
  if (usage === null) return null;
  if (usage.by === "credits") return usage.spent;
  const tier = usage.resolutionTier ?? ordered.resolution;
  const isSilent = usage.hasAudio === null ? ordered.sound === "silent" : !usage.hasAudio;
  return times(perSecondOf(model, market, tier, isSilent), usage.billedSeconds);
}

function perSecondOf(
  model: Model,
  { place, prices }: Market,
  resolution: ResolutionTier,
  isSilent: boolean,
): Money | undefined {
  const own = prices.find(({ modelId }) => modelId === model.id);
  const site = siteAt(model, place);
  const silent = isSilent ? site?.silentPricePerSecond : undefined;
  const ownSilent = isSilent ? own?.silentPerSecond : undefined;
  return (ownSilent ?? own?.perSecond)?.[resolution] ?? (silent ?? site?.pricePerSecond)?.[resolution];
}

function times(perSecond: Money | undefined, seconds: number): Money | null {
  return perSecond ? { ...perSecond, amountMicro: Math.round(perSecond.amountMicro * seconds) } : null;
}

/** Nothing is nothing in any currency; where a place has prices, it is said in theirs. */
function currencyOf(model: Model, { place }: Market): Money["currency"] {
  return Object.values(siteAt(model, place)?.pricePerSecond ?? {})[0]?.currency ?? "USD";
}
