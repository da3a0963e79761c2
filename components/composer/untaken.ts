import type { ConnectionPlace } from "@/lib/domain/connection";
import { catalogue } from "@/lib/domain/models/catalogue";
import type { Mode, Model } from "@/lib/domain/models/model";
import { PLACES, placesInWords } from "@/lib/domain/models/offer";
import { offeredModels } from "./offered-models";

/** Where to go for something that the chosen model lacks. */
export type Alternative =
  | {
      kind: "here";
      model: Model;
      /** The mode that would have to be left for it. */
      lostMode: Mode | null;
    }
  /** At another place, which the sentence names. */
  | { kind: "elsewhere"; words: string }
  | { kind: "nowhere" };

/** A parameter that keeps its place although the model does not take it. */
export type Untaken = {
  name: "shotType" | "sound" | "template";
  /** What holds instead, in a word or two. */
  state: string;
  /** Why; completes a sentence that begins with the model's name. */
  reason: string;
  /** Completes "For …". */
  wish: string;
  alternative: Alternative;
};

export function untaken(model: Model, mode: Mode, place: ConnectionPlace, hasAudio: boolean): Untaken[] {
  const { parameters } = model;
  const find = (has: (candidate: Model) => boolean) => alternativeTo(mode, place, has);
  const missing: Untaken[] = [];
  if (!parameters.shotType) {
    missing.push({
      name: "shotType",
      state: "in the prompt",
      reason: "takes shots from your words",
      wish: "a shot switch",
      alternative: find((candidate) => candidate.parameters.shotType !== undefined),
    });
  }
  if (!parameters.sound) missing.push(untakenSound(model, hasAudio, find));
  if (!parameters.template) {
    missing.push({
      name: "template",
      state: "none",
      reason: "has no ready-made effects",
      wish: "effects",
      alternative: find((candidate) => candidate.parameters.template !== undefined),
    });
  }
  return missing;
}

function untakenSound(
  { sound }: Model,
  hasAudio: boolean,
  find: (has: (candidate: Model) => boolean) => Alternative,
): Untaken {
  if (sound === "silent") {
    return {
      name: "sound",
      state: "none",
      reason: "makes no sound",
      wish: "sound",
      alternative: find((candidate) => candidate.sound === "automatic"),
    };
  }
  return {
    name: "sound",
    state: hasAudio ? "your audio" : "made by the model",
    reason: hasAudio ? "plays your audio" : "makes the sound itself",
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
  if (!model) return alternativeElsewhere(has);
  return { kind: "here", model, lostMode: model.modes[mode] ? null : mode };
}

/** The first model that has it anywhere. A place may have less of a model than another: each is asked for itself. */
function alternativeElsewhere(has: (model: Model) => boolean): Alternative {
  for (const label of new Set(catalogue.map((model) => model.label))) {
    const places = PLACES.filter((place) =>
      offeredModels(place).some((model) => model.label === label && has(model)),
    );
    if (places.length > 0) return { kind: "elsewhere", words: `${label}, in ${placesInWords(places)}` };
  }
  return { kind: "nowhere" };
}

/** Wishes that lead to the same place are said together. */
export function byAlternative<Wish>(
  wishes: readonly { wish: Wish; alternative: Alternative }[],
): { wishes: Wish[]; alternative: Alternative }[] {
  const groups: { wishes: Wish[]; alternative: Alternative }[] = [];
  for (const { wish, alternative } of wishes) {
    const same = groups.find((group) => wordsOf(group.alternative) === wordsOf(alternative));
    if (same) same.wishes.push(wish);
    else groups.push({ wishes: [wish], alternative });
  }
  return groups;
}

function wordsOf(alternative: Alternative): string {
  if (alternative.kind === "here") return alternative.model.id;
  return alternative.kind === "elsewhere" ? alternative.words : "";
}

/** `shots, sound and effects`. */
export function listed(words: readonly string[], last: "and" | "or"): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}
