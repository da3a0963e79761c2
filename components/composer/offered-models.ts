import type { ConnectionPlace } from "@/lib/domain/connection";
import { catalogue } from "@/lib/domain/models/catalogue";
import type { Mode, Model } from "@/lib/domain/models/model";
import { modelAt, PLACES } from "@/lib/domain/models/offer";

/** Every model that the place has, as the place has it. */
export function offeredModels(place: ConnectionPlace): Model[] {
  return catalogue.flatMap((model) => modelAt(model, place) ?? []);
}

/** Models that other places have. Where two places spell one model differently, it is not missing. */
export function modelsElsewhere(place: ConnectionPlace): Model[] {
  const labels = offeredModels(place).map(({ label }) => label);
  return catalogue.filter(
    (model, index) =>
      !labels.includes(model.label) && catalogue.findIndex(({ label }) => label === model.label) === index,
  );
}

/** Every place that has a model of this name, however it spells it. */
export function placesNamed(label: string): ConnectionPlace[] {
  return PLACES.filter((place) => offeredModels(place).some((model) => model.label === label));
}

/** What takes a model's place where it is not offered: the same under another spelling, else one of the same mode. */
export function standIn(model: Model, mode: Mode, place: ConnectionPlace): Model | undefined {
  const offered = offeredModels(place);
  return (
    offered.find(({ id }) => id === model.id) ??
    offered.find(({ label }) => label === model.label) ??
    offered.find(({ modes }) => modes[mode]) ??
    offered[0]
  );
}
