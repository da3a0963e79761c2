import type { ConnectionPlace } from "@/lib/domain/connection";
import { catalogue } from "@/lib/domain/models/catalogue";
import { modelAt } from "@/lib/domain/models/offer";

/** `It has Wan 2.7, Wan 2.6 Flash and Wan 2.6.` */
export function offerWords(place: ConnectionPlace): string {
  const labels = catalogue.filter((model) => modelAt(model, place)).map(({ label }) => label);
  if (labels.length < 2) return `It has ${labels[0] ?? "none of our models"}.`;
  return `It has ${labels.slice(0, -1).join(", ")} and ${labels.at(-1)}.`;
}
