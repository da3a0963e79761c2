import type { GenerationParameters, GenerationView, MediaInput } from "@/lib/domain/generation";
import type { GenerationEnvelope } from "@/lib/domain/models/generation-input";
import {
  MODES,
  type Mode,
  type Model,
  type ParameterName,
  SLOT_NAMES,
  type SlotName,
} from "@/lib/domain/models/model";
import type { PixelSize } from "@/lib/domain/models/output-size";
import type { Money } from "@/lib/domain/money";

/** Every value the form holds, also those the chosen model does not take: a change of model and back loses nothing. */
export type DraftParameters = Required<Omit<GenerationParameters, "seed" | "template">> & {
  seed: number | null;
  template: string | null;
};

export type ReadySlot = { status: "ready"; input: MediaInput; localUrl: string | null };

/** What lies in a slot of the strip. `replaces` is what comes back when the file on its way is not taken. */
export type SlotContent =
  | {
      status: "uploading";
      uploadId: string;
      fileName: string;
      /** The file on the person's own disk, shown before a byte has arrived. */
      localUrl: string | null;
      size: PixelSize | null;
      durationSeconds: number | null;
      /** 0 to 1. */
      fraction: number;
      replaces?: ReadySlot | undefined;
      /** The mode that the file changed by coming. */
      modeBefore?: Mode;
    }
  | {
      status: "stopped";
      fileName: string;
      localUrl: string | null;
      message: string;
      canRetry: boolean;
      replaces?: ReadySlot | undefined;
    }
  | ReadySlot;

export type Draft = {
  /** Minted with the draft and renewed after acceptance: however often it is sent, it makes one generation. */
  requestId: string;
  /** A connection that is no longer set up counts as the first one. */
  connectionId: string;
  modelId: string;
  /** The mode last asked for, by pressing it or by adding a file. */
  mode: Mode;
  parameters: DraftParameters;
  /** Also files of other modes: they wait, and are sent only by a mode that takes them. */
  media: Partial<Record<SlotName, SlotContent>>;
};

export function emptyDraft(model: Model, requestId: string, connectionId = ""): Draft {
  const { resolution, durationSeconds, shotType, sound, promptExtend, watermark } = model.parameters;
  return {
    requestId,
    connectionId,
    modelId: model.id,
    mode: MODES.find((mode) => model.modes[mode]) ?? "animate",
    parameters: {
      prompt: "",
      negativePrompt: "",
      resolution: resolution.initial,
      durationSeconds: durationSeconds.initial,
      shotType: shotType?.initial ?? "single",
      sound: sound?.initial ?? "automatic",
      template: null,
      seed: null,
      promptExtend: promptExtend?.initial ?? true,
      watermark: watermark?.initial ?? false,
    },
    media: {},
  };
}

/** The settings and files of a finished or failed generation as a draft of its own. */
export function draftFrom(generation: GenerationView, model: Model, requestId: string): Draft {
  const empty = emptyDraft(model, requestId, generation.connection.id);
  const slots = Object.entries(generation.media) as [SlotName, MediaInput][];
  return {
    ...empty,
    mode: generation.mode,
    parameters: fitParameters(model, { ...empty.parameters, ...generation.parameters }).parameters,
    media: Object.fromEntries(
      slots.map(([name, input]): [SlotName, SlotContent] => [
        name,
        { status: "ready", input, localUrl: null },
      ]),
    ),
  };
}

const FITTED = ["resolution", "durationSeconds", "template"] as const satisfies readonly ParameterName[];

/** The nearest values the model takes, and which had to give way. What it does not take at all is kept for later. */
export function fitParameters(
  model: Model,
  parameters: DraftParameters,
): { parameters: DraftParameters; gaveWay: (typeof FITTED)[number][] } {
  const { resolution, durationSeconds, template } = model.parameters;
  const isUnknownEffect =
    template !== undefined && parameters.template !== null && !template.values.includes(parameters.template);
  const fitted: DraftParameters = {
    ...parameters,
    resolution: resolution.values.includes(parameters.resolution)
      ? parameters.resolution
      : resolution.initial,
    durationSeconds: nearest(durationSeconds.values, parameters.durationSeconds),
    template: isUnknownEffect ? null : parameters.template,
  };
  return { parameters: fitted, gaveWay: FITTED.filter((name) => fitted[name] !== parameters[name]) };
}

export function nearest(values: readonly number[], wanted: number): number {
  return values.reduce(
    (best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best),
    values[0] ?? wanted,
  );
}

/** What is sent of the draft: the parameters this model takes, without those left empty. */
export function parametersToSend(model: Model, { parameters }: Draft): Partial<GenerationParameters> {
  const taken = Object.keys(model.parameters) as ParameterName[];
  return Object.fromEntries(
    taken
      .map((name): [string, unknown] => [name, parameters[name]])
      .filter(([name, value]) => value !== null && !(name === "negativePrompt" && value === "")),
  );
}

export function readyInput(content: SlotContent | undefined): MediaInput | null {
  return content?.status === "ready" ? content.input : null;
}

/** The mode that was asked for; with a model that lacks it, the model's first. */
export function modeFor(model: Model, draft: Pick<Draft, "mode">): Mode {
  if (model.modes[draft.mode]) return draft.mode;
  return MODES.find((mode) => model.modes[mode]) ?? draft.mode;
}

/** Adding a file asks for the mode that takes it. */
export function modeWith(slot: SlotName, { mode, media }: Pick<Draft, "mode" | "media">): Mode {
  if (slot === "firstClip") return "continue";
  if (slot === "lastFrame") return mode === "animate" ? "between" : mode;
  if (slot === "firstFrame" && mode === "continue") return media.lastFrame ? "between" : "animate";
  return mode;
}

/** Without its last frame a film between two frames is one from its first. */
export function modeWithout(slot: SlotName, mode: Mode): Mode {
  return slot === "lastFrame" && mode === "between" ? "animate" : mode;
}

/** As they stand on the strip, from the left. */
const IN_ORDER_OF_TIME: readonly SlotName[] = ["firstClip", "firstFrame", "lastFrame", "drivingAudio"];

/** The slots that the mode takes with this model, in the order of time. */
export function slotsOfMode(model: Model, mode: Mode): SlotName[] {
  const rule = model.modes[mode];
  return IN_ORDER_OF_TIME.filter((name) => rule?.needs.includes(name) || rule?.allows.includes(name));
}

/** What the mode sends: its slots that hold a stored file. */
export function filledSlots(model: Model, mode: Mode, { media }: Pick<Draft, "media">): SlotName[] {
  return slotsOfMode(model, mode).filter((name) => readyInput(media[name]));
}

/** Files that the creator added and this mode leaves unused. */
export function slotsAside(model: Model, mode: Mode, { media }: Pick<Draft, "media">): SlotName[] {
  const taken = slotsOfMode(model, mode);
  return SLOT_NAMES.filter(
    (name) => !taken.includes(name) && media[name] && media[name].status !== "stopped",
  );
}

export function envelopeFor(
  model: Model,
  draft: Draft,
  offer: { connectionId: string; mode: Mode; shownPrice: Money | null },
): GenerationEnvelope {
  return {
    requestId: draft.requestId,
    connectionId: offer.connectionId,
    modelId: model.id,
    mode: offer.mode,
    media: Object.fromEntries(
      filledSlots(model, offer.mode, draft).map((name) => [name, readyInput(draft.media[name])?.assetId]),
    ) as GenerationEnvelope["media"],
    parameters: parametersToSend(model, draft),
    shownPrice: offer.shownPrice,
  };
}
