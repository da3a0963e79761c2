import type { ConnectionView } from "../connection";
import type { GenerationParameters } from "../generation";
import type { Money } from "../money";
import { readUsage, type Usage } from "../usage";
import { findModel } from "./catalogue";
import { settledCost } from "./price";

/**
 * What a film that was made has cost by the vendor's raw `usage`, or null where that cannot be told and the estimate
 * has to stand. What was made as ordered is billed at the price of the order, whatever the price has become since;
 * another tier or sound at today's.
 */
export function billedCost(
  { modelId, price, parameters }: { modelId: string; price: Money | null; parameters: GenerationParameters },
  rawUsage: unknown,
  market: Pick<ConnectionView, "place" | "prices">,
): Money | null {
  const usage = readUsage(rawUsage);
  if (price && usage?.by === "seconds" && isAsOrdered(usage, parameters)) {
    const amountMicro = Math.round((price.amountMicro * usage.billedSeconds) / parameters.durationSeconds);
    return { ...price, amountMicro };
  }
  const model = findModel(modelId);
  return model ? settledCost({ charged: "yes", usage }, model, market, parameters) : null;
}

/** What the usage does not name was as ordered. */
function isAsOrdered(
  { resolutionTier, hasAudio }: Extract<Usage, { by: "seconds" }>,
  { resolution, sound }: GenerationParameters,
): boolean {
  const hasTier = resolutionTier === null || resolutionTier === resolution;
  return hasTier && (hasAudio === null || hasAudio === (sound !== "silent"));
}
