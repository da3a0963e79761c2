import type { ConnectionView } from "@/lib/domain/connection";
import { findModel } from "@/lib/domain/models/catalogue";
import { describeSteps } from "@/lib/domain/models/generation-input";
import { MODE_LABELS } from "@/lib/domain/models/mode-labels";
import { MODES, type Model } from "@/lib/domain/models/model";
import { siteAt } from "@/lib/domain/models/offer";
import { estimatePrice } from "@/lib/domain/models/price";
import { formatMoney } from "@/lib/domain/money";
import { type DraftParameters, fitParameters } from "./draft";

/** `Wan 2.7`, or `Wan 2.7 at Gateway` where that connection lacks a mode that the model has at other places. */
export function nameHere(model: Model, { label }: Pick<ConnectionView, "label">): string {
  const whole = findModel(model.id) ?? model;
  const hasLess = MODES.some((mode) => whole.modes[mode] && !model.modes[mode]);
  return hasLess ? `${model.label} at ${label}` : model.label;
}

/** `Animate, Between frames`. */
export function modeWords({ modes }: Model): string {
  return MODES.filter((mode) => modes[mode])
    .map((mode) => MODE_LABELS[mode])
    .join(", ");
}

/** `2 to 15 s`, `5 or 10 s`. */
export function lengthWords({ parameters }: Model): string {
  return describeSteps(parameters.durationSeconds.values).replace(/ (whole )?seconds$/u, " s");
}

export function soundWords({ sound, slots, parameters }: Model): string {
  if (sound === "silent") return "no sound";
  const own = parameters.sound ? "its own sound or none" : "its own sound";
  return slots.drivingAudio ? `${own}, or your audio` : own;
}

/** `$0.10 / s at 720P`, at the tier that would be taken over. */
export function priceWords(
  model: Model,
  at: Pick<ConnectionView, "place" | "prices">,
  parameters: DraftParameters,
): string {
  const { resolution, sound } = fitParameters(model, parameters).parameters;
  const price = estimatePrice(model, at, { resolution, sound, durationSeconds: 1 });
  return price ? `${formatMoney(price)} / s at ${resolution}` : "price not known";
}

/** `price of 26 Aug 2026`, or of a month where the page gives no day; null for a price that the catalogue does not make. */
export function priceDateWords(
  model: Model,
  { place, prices }: Pick<ConnectionView, "place" | "prices">,
  parameters: DraftParameters,
): string | null {
  const { resolution } = fitParameters(model, parameters).parameters;
  const isOwn = prices.some(({ modelId, perSecond }) => modelId === model.id && perSecond[resolution]);
  if (isOwn || !siteAt(model, place)?.pricePerSecond[resolution]) return null;
  const hasDay = model.pricedOn.split("-").length > 2;
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: "UTC",
    year: "numeric",
    month: "short",
    day: hasDay ? "numeric" : undefined,
  });
  return `price of ${format.format(new Date(model.pricedOn))}`;
}
