import type { Money } from "../money";
import type { ModelParameters, PriceTable, ResolutionTier, StepsParameter } from "./model";

/** What every Wan image-to-video model takes, with the prompt's own limit. */
export function commonParameters(promptCharactersMax: number) {
  return {
    prompt: { kind: "text", charactersMax: promptCharactersMax },
    negativePrompt: { kind: "text", charactersMax: 500 },
    seed: { kind: "optional-integer", min: 0, max: 2_147_483_647 },
    promptExtend: { kind: "toggle", initial: true },
    watermark: { kind: "toggle", initial: false },
  } satisfies Partial<ModelParameters>;
}

export const shotType = {
  kind: "choice",
  values: ["single", "multi"],
  initial: "single",
} satisfies ModelParameters["shotType"];

/** Tiers from the cheapest; the first try should be the 720P one where there is one. */
export function resolutions(...values: ResolutionTier[]) {
  const initial = values.includes("720P") ? "720P" : (values.at(-1) ?? "720P");
  return { kind: "choice", values, initial } satisfies ModelParameters["resolution"];
}

export function steps(values: readonly number[], initial: number): StepsParameter {
  return { kind: "steps", values, initial };
}

export const FIVE_SECONDS = steps([5], 5);

/** Prices of a second as the vendor writes them: `perSecond("USD", { "720P": 0.1 })`. */
export function perSecond(
  currency: Money["currency"],
  prices: Partial<Record<ResolutionTier, number>>,
): PriceTable {
  const entries = Object.entries(prices).map(([tier, price]) => [
    tier,
    { amountMicro: Math.round(price * 1_000_000), currency },
  ]);
  return Object.fromEntries(entries) as PriceTable;
}

export const NO_PRICE: PriceTable = {};

/** Day the prices were read. They are a third party's copy of the vendor's list: estimates, not promises. */
export const PRICED_ON = "2026-08-26";
