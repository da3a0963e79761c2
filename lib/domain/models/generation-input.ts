import { z } from "zod";
import {
  MODES,
  type Mode,
  type Model,
  type ParameterName,
  SLOT_NAMES,
  type SlotName,
  type Sound,
} from "./model";

export const moneySchema = z.strictObject({
  amountMicro: z.int().nonnegative(),
  currency: z.enum(["USD", "CNY"]),
});

const requestIdSchema = z.string().regex(/^req_[0-9a-z]{26}$/);

/** What the form sends, before any model has judged it. */
export const generationEnvelopeSchema = z.strictObject({
  /** Minted with the draft and renewed after acceptance: two clicks on one draft make one generation. */
  requestId: requestIdSchema,
  connectionId: z.string().max(100),
  modelId: z.string().max(100),
  mode: z.enum(MODES),
  /** Slot to asset id. */
  media: z.partialRecord(z.enum(SLOT_NAMES), z.string().max(60)),
  parameters: z.record(z.string(), z.unknown()),
  /** The price that stood on the button; null where it was shown as unknown. */
  shownPrice: moneySchema.nullable(),
});
export type GenerationEnvelope = z.infer<typeof generationEnvelopeSchema>;

const PARAMETER_LABELS: Record<ParameterName, string> = {
  prompt: "The prompt",
  negativePrompt: "“Avoid”",
  resolution: "The resolution",
  durationSeconds: "The duration",
  shotType: "The shot type",
  sound: "The sound",
  template: "The effect",
  seed: "The seed",
  promptExtend: "“Rewrite prompt”",
  watermark: "The watermark",
};

/**
 * The parameters a model takes, as a strict zod schema: a value out of range, or one the model does not take, is
 * refused with a sentence under the parameter's name. Form and server use this same function.
 */
export function parametersSchemaFor(model: Model) {
  const { prompt, negativePrompt, resolution, durationSeconds, seed, promptExtend, watermark } =
    model.parameters;
  const { shotType, sound, template } = model.parameters;
  const schema = z.strictObject(
    {
      prompt: textSchema("prompt", prompt.charactersMax),
      ...(negativePrompt && {
        negativePrompt: textSchema("negativePrompt", negativePrompt.charactersMax).optional(),
      }),
      resolution: z.enum(resolution.values, {
        error: `The resolution is one of ${resolution.values.join(", ")} with ${model.label}.`,
      }),
      durationSeconds: z
        .number({ error: "The duration is a number of seconds." })
        .refine((value) => durationSeconds.values.includes(value), {
          error: ({ input }) =>
            `The duration is ${describeSteps(durationSeconds.values)} with ${model.label}, not ${String(input)}.`,
        }),
      ...(shotType && { shotType: choiceSchema("shotType", shotType.values, model).optional() }),
      ...(sound && { sound: choiceSchema("sound", sound.values, model).optional() }),
      ...(template && { template: choiceSchema("template", template.values, model).optional() }),
      ...(seed && {
        seed: z
          .int({ error: "The seed is a whole number." })
          .min(seed.min, { error: `The seed is ${seed.min} to ${seed.max}.` })
          .max(seed.max, { error: `The seed is ${seed.min} to ${seed.max}.` })
          .optional(),
      }),
      ...(promptExtend && { promptExtend: toggleSchema("promptExtend") }),
      ...(watermark && { watermark: toggleSchema("watermark") }),
    },
    {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? `${model.label} does not take ${issue.keys.map((key) => `“${key}”`).join(", ")}.`
          : undefined,
    },
  );
  return schema.refine(({ shotType, promptExtend }) => shotType !== "multi" || promptExtend !== false, {
    path: ["shotType"],
    error: "Several shots need “Rewrite prompt”: turn it on, or choose a single shot.",
  });
}

function choiceSchema<Value extends string>(name: ParameterName, values: readonly Value[], model: Model) {
  return z.enum(values as readonly [Value, ...Value[]], {
    error: `${PARAMETER_LABELS[name]} is one of ${values.join(", ")} with ${model.label}.`,
  });
}

function textSchema(name: ParameterName, charactersMax: number) {
  return z.string({ error: `${PARAMETER_LABELS[name]} is text.` }).superRefine((text, context) => {
    const count = countCharacters(text);
    if (count > charactersMax) {
      context.addIssue({
        code: "custom",
        message: `${PARAMETER_LABELS[name]} has ${count} characters; at most ${charactersMax} are read by the model.`,
      });
    }
  });
}

function toggleSchema(name: ParameterName) {
  return z.boolean({ error: `${PARAMETER_LABELS[name]} is on or off.` }).optional();
}

/** Characters as the vendor counts them: a Chinese and a Latin letter are one each, an emoji too. */
export function countCharacters(text: string): number {
  return Array.from(text).length;
}

/** `2 to 15 whole seconds`, or `5, 10 or 15 seconds`. */
export function describeSteps(values: readonly number[]): string {
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined) return "not to be chosen";
  if (values.length === 1) return `${first} seconds`;
  if (last - first === values.length - 1) return `${first} to ${last} whole seconds`;
  return `${values.slice(0, -1).join(", ")} or ${last} seconds`;
}

/** Why these slots do not make this mode with these choices, or null when they do. */
export function refuseMediaSet(
  model: Model,
  mode: Mode,
  filled: readonly SlotName[],
  choices: { template?: string | undefined; sound?: Sound | undefined } = {},
): { slot: SlotName | null; message: string } | null {
  const rule = model.modes[mode];
  if (!rule) return { slot: null, message: `${model.label} cannot ${MODE_VERBS[mode]}.` };
  const missing = rule.needs.find((slot) => !filled.includes(slot));
  if (missing) return { slot: missing, message: MISSING[missing] };
  const extra = filled.find((slot) => !rule.needs.includes(slot) && !rule.allows.includes(slot));
  if (extra) return { slot: extra, message: `${model.label} does not take ${EXTRA[extra]} here.` };
  if (rule.onlyWithTemplate && !choices.template) {
    return { slot: "lastFrame", message: "Add a last frame, or choose an effect." };
  }
  if (choices.template && filled.includes("lastFrame")) {
    return {
      slot: "lastFrame",
      message: "An effect plays from the first frame alone: remove the last frame or the effect.",
    };
  }
  if (choices.sound === "silent" && filled.includes("drivingAudio")) {
    return {
      slot: "drivingAudio",
      message: "A silent film uses no audio: remove the audio, or choose sound.",
    };
  }
  return null;
}

/** The mode that the filled slots mean. */
export function modeOf(filled: readonly SlotName[]): Mode {
  if (filled.includes("firstClip")) return "continue";
  return filled.includes("lastFrame") ? "between" : "animate";
}

const MODE_VERBS: Record<Mode, string> = {
  animate: "animate one picture",
  between: "move between two frames",
  continue: "continue a clip",
};

const MISSING: Record<SlotName, string> = {
  firstFrame: "Add a first frame: the picture the film starts on.",
  lastFrame: "Add a last frame: the picture the film ends on.",
  drivingAudio: "Add the driving audio.",
  firstClip: "Add the clip to continue.",
};

const EXTRA: Record<SlotName, string> = {
  firstFrame: "a first frame",
  lastFrame: "a last frame",
  drivingAudio: "driving audio",
  firstClip: "a clip",
};
