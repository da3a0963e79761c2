import type { ConnectionPlace } from "@/lib/domain/connection";
import type { Mode, Model } from "@/lib/domain/models/model";
import { placeList } from "@/lib/domain/models/offer";
import { modelsElsewhere, offeredModels } from "./offered-models";

/** Where to go for something that the chosen model lacks. */
export type Alternative =
  | { kind: "here"; model: Model }
  /** At another place, which the sentence names. */
  | { kind: "elsewhere"; words: string }
  | { kind: "nowhere" };

/** A parameter that keeps its place although the model does not take it. */
export type Untaken = {
  name: "shotType" | "sound" | "template";
  /** What holds instead, in a word or two. */
  state: string;
  /** Why, as a sentence. */
  reason: string;
  /** Completes "For …": "a shot switch". */
  wish: string;
  alternative: Alternative;
};

export function untaken(model: Model, mode: Mode, place: ConnectionPlace, hasAudio: boolean): Untaken[] {
  const { parameters, label } = model;
  const find = (has: (candidate: Model) => boolean) => alternativeTo(mode, place, has);
  const missing: Untaken[] = [];
  if (!parameters.shotType) {
    missing.push({
      name: "shotType",
      state: "in the prompt",
      reason: `${label} takes shots from your words.`,
      wish: "a shot switch",
      alternative: find((candidate) => candidate.parameters.shotType !== undefined),
    });
  }
  if (!parameters.sound) missing.push(untakenSound(model, hasAudio, find));
  if (!parameters.template) {
    missing.push({
      name: "template",
      state: "none",
      reason: `${label} has no ready-made effects.`,
      wish: "effects",
      alternative: find((candidate) => candidate.parameters.template !== undefined),
    });
  }
  return missing;
}

function untakenSound(
  { label, sound }: Model,
  hasAudio: boolean,
  find: (has: (candidate: Model) => boolean) => Alternative,
): Untaken {
  if (sound === "silent") {
    return {
      name: "sound",
      state: "none",
      reason: `${label} makes no sound.`,
      wish: "sound",
      alternative: find((candidate) => candidate.sound === "automatic"),
    };
  }
  return {
    name: "sound",
    state: hasAudio ? "your audio" : "made by the model",
    reason: hasAudio ? "Your audio is what is heard." : `${label} makes the sound itself.`,
    wish: "a silent film",
    alternative: find((candidate) => candidate.parameters.sound !== undefined),
  };
}

/** The first model here that has it, one that keeps the mode before others; else where there is one. */
export function alternativeTo(
  mode: Mode,
  place: ConnectionPlace,
  has: (model: Model) => boolean,
): Alternative {
  const here = offeredModels(place).filter(has);
  const model = here.find(({ modes }) => modes[mode]) ?? here[0];
  if (model) return { kind: "here", model };
  const [far] = modelsElsewhere(place).filter(has);
  return far ? { kind: "elsewhere", words: `${far.label}, in ${placeList(far)}` } : { kind: "nowhere" };
}
