import type { GenerationParameters, GenerationView, MediaInput } from "@/lib/domain/generation";
import type { GenerationEnvelope } from "@/lib/domain/models/generation-input";
import { MODES, type Mode, type Model, type ParameterName, type SlotName } from "@/lib/domain/models/model";
import type { PixelSize } from "@/lib/domain/models/output-size";
import type { Money } from "@/lib/domain/money";

/** Every value the form holds, also those the chosen model does not take: a change of model and back loses nothing. */
export type DraftParameters = Required<Omit<GenerationParameters, "seed">> & { seed: number | null };

/** What lies in a slot of the strip. */
export type SlotContent =
  | {
      status: "uploading";
      uploadId: string;
      fileName: string;
      /** The picture from the person's own disk, shown before a byte has arrived. */
      localUrl: string | null;
      size: PixelSize | null;
      /** 0 to 1. */
      fraction: number;
    }
  | { status: "stopped"; fileName: string; localUrl: string | null; message: string; canRetry: boolean }
  | { status: "ready"; input: MediaInput; localUrl: string | null };

export type Draft = {
  /** Minted with the draft and renewed after acceptance: however often it is sent, it makes one generation. */
  requestId: string;
  modelId: string;
  parameters: DraftParameters;
  media: Partial<Record<SlotName, SlotContent>>;
};

export function emptyDraft(model: Model, requestId: string): Draft {
  const { resolution, durationSeconds, promptExtend, watermark } = model.parameters;
  return {
    requestId,
    modelId: model.id,
    parameters: {
      prompt: "",
      negativePrompt: "",
      resolution: resolution.initial,
      durationSeconds: durationSeconds.initial,
      seed: null,
      promptExtend: promptExtend?.initial ?? false,
      watermark: watermark?.initial ?? false,
    },
    media: {},
  };
}

/** The settings and pictures of a finished or failed generation as a draft of its own. */
export function draftFrom(generation: GenerationView, model: Model, requestId: string): Draft {
  const { seed, ...parameters } = generation.parameters;
  const empty = emptyDraft(model, requestId);
  const slots = Object.entries(generation.media) as [SlotName, MediaInput][];
  return {
    ...empty,
    parameters: fitParameters(model, { ...empty.parameters, ...parameters, seed: seed ?? null }).parameters,
    media: Object.fromEntries(
      slots
        .filter(([name]) => model.slots[name])
        .map(([name, input]): [SlotName, SlotContent] => [name, { status: "ready", input, localUrl: null }]),
    ),
  };
}

/** The nearest values the model takes, and which had to give way. */
export function fitParameters(
  model: Model,
  parameters: DraftParameters,
): { parameters: DraftParameters; gaveWay: ParameterName[] } {
  const { resolution, durationSeconds } = model.parameters;
  const fitted: DraftParameters = {
    ...parameters,
    resolution: resolution.values.includes(parameters.resolution)
      ? parameters.resolution
      : resolution.initial,
    durationSeconds: nearest(durationSeconds.values, parameters.durationSeconds),
  };
  const gaveWay = (["resolution", "durationSeconds"] as const).filter(
    (name) => fitted[name] !== parameters[name],
  );
  return { parameters: fitted, gaveWay };
}

export function nearest(values: readonly number[], wanted: number): number {
  return values.reduce(
    (best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best),
    values[0] ?? wanted,
  );
}

/** What is sent of the draft: the parameters this model takes, without those left empty. */
export function parametersToSend(model: Model, { parameters }: Draft): Record<string, unknown> {
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

/** The slots of the model that hold a stored file. */
export function filledSlots(model: Model, draft: Draft): SlotName[] {
  return (Object.keys(model.slots) as SlotName[]).filter((name) => readyInput(draft.media[name]));
}

/** The mode follows from what lies in the slots; with nothing there it is the model's first. */
export function modeOf(model: Model, draft: Draft): Mode {
  const filled = filledSlots(model, draft);
  const offered = MODES.filter((mode) => model.modes[mode]);
  const fitting = offered.find((mode) => {
    const rule = model.modes[mode];
    return (
      rule?.needs.every((slot) => filled.includes(slot)) &&
      filled.every((slot) => rule.needs.includes(slot) || rule.allows.includes(slot))
    );
  });
  return fitting ?? offered[0] ?? "animate";
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
      filledSlots(model, draft).map((name) => [name, readyInput(draft.media[name])?.assetId]),
    ) as GenerationEnvelope["media"],
    parameters: parametersToSend(model, draft),
    shownPrice: offer.shownPrice,
  };
}
