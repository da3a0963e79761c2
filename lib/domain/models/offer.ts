import { type ConnectionPlace, placeLabel } from "../connection";
import { type Model, REGIONS, type Site } from "./model";

/** The model's entry for a place, or null where the place does not have it. */
export function siteAt(model: Model, place: ConnectionPlace): Site | null {
  if (place.vendor === "aimlapi") return model.offers.aimlapi ?? null;
  return model.offers.dashscope?.sites[place.region] ?? null;
}

/** The model with the lengths and modes that it has at the place, or null where the place does not have it. */
export function modelAt(model: Model, place: ConnectionPlace): Model | null {
  const site = siteAt(model, place);
  if (!site) return null;
  const { durationSeconds = model.parameters.durationSeconds, modes = model.modes } = site;
  const taken = Object.values(modes).flatMap(({ needs, allows }) => [...needs, ...allows]);
  const slots = Object.fromEntries(
    Object.entries(model.slots).filter(([name]) => taken.some((slot) => slot === name)),
  );
  return { ...model, slots, modes, parameters: { ...model.parameters, durationSeconds } };
}

/** Every place there is, in the order in which people are told of them. */
export const PLACES: readonly ConnectionPlace[] = [
  ...REGIONS.map((region) => ({ vendor: "dashscope", region }) as const),
  { vendor: "aimlapi" },
];

/** Every place that has the model. */
export function placesOf(model: Model): ConnectionPlace[] {
  return PLACES.filter((place) => siteAt(model, place));
}

/** `Singapore, Beijing and AI/ML API`: where the model is. */
export function placeList(model: Model): string {
  return placesInWords(placesOf(model));
}

/** `Singapore and Beijing`. */
export function placesInWords(places: readonly ConnectionPlace[]): string {
  const labels = places.map(placeLabel);
  return labels.length < 2 ? labels.join("") : `${labels.slice(0, -1).join(", ")} and ${labels.at(-1)}`;
}
