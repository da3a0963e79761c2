import type { Model } from "./model";
import { wan21Models } from "./wan21";
import { wan22Models } from "./wan22";
import { wan25Models } from "./wan25";
import { wan26Models } from "./wan26";
import { wan27Models } from "./wan27";

/** Every model we offer, the newest first. Adding one is adding one entry to its file. */
export const catalogue: readonly Model[] = [
  ...wan27Models,
  ...wan26Models,
  ...wan25Models,
  ...wan22Models,
  ...wan21Models,
];

export function findModel(modelId: string): Model | undefined {
  return catalogue.find((model) => model.id === modelId);
}
