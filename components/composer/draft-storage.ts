import { z } from "zod";
import { findModel } from "@/lib/domain/models/catalogue";
import { modeOf } from "@/lib/domain/models/generation-input";
import {
  MODES,
  RESOLUTION_TIERS,
  SHOT_TYPES,
  SLOT_NAMES,
  type SlotName,
  SOUNDS,
} from "@/lib/domain/models/model";
import { type Draft, fitParameters, readyInput, type SlotContent } from "./draft";

// What a draft of an older version lacks has a default.
const storedDraftSchema = z.object({
  requestId: z.string(),
  connectionId: z.string().default(""),
  modelId: z.string(),
  mode: z.enum(MODES).optional(),
  parameters: z.object({
    prompt: z.string(),
    negativePrompt: z.string(),
    resolution: z.enum(RESOLUTION_TIERS),
    durationSeconds: z.number(),
    shotType: z.enum(SHOT_TYPES).default("single"),
    sound: z.enum(SOUNDS).default("automatic"),
    template: z.string().nullable().default(null),
    seed: z.number().nullable(),
    promptExtend: z.boolean(),
    watermark: z.boolean(),
  }),
  media: z.partialRecord(
    z.enum(SLOT_NAMES),
    z.object({
      assetId: z.string(),
      fileName: z.string(),
      width: z.number().nullable(),
      height: z.number().nullable(),
      durationSeconds: z.number().nullable(),
      sizeBytes: z.number().nullable().default(null),
      mediaType: z.string().nullable().default(null),
    }),
  ),
});

export function draftKey(viewerKey: string): string {
  return `firstframe:draft:${viewerKey}`;
}

/** What survives a reload: every value, and the files that are already stored. */
export function writeDraft(draft: Draft): string {
  const slots = Object.entries(draft.media) as [SlotName, SlotContent][];
  const stored: z.infer<typeof storedDraftSchema> = {
    ...draft,
    media: Object.fromEntries(
      slots.flatMap(([name, content]) => {
        const input = readyInput(content);
        return input ? [[name, input]] : [];
      }),
    ),
  };
  return JSON.stringify(stored);
}

/** Null for anything that is not a draft of ours, or one whose model has left the catalogue. */
export function readDraft(text: string | null): Draft | null {
  const stored = storedDraftSchema.safeParse(parseJson(text));
  const model = stored.success ? findModel(stored.data.modelId) : undefined;
  if (!stored.success || !model) return null;
  const inputs = Object.entries(stored.data.media);
  return {
    ...stored.data,
    mode: stored.data.mode ?? modeOf(inputs.map(([name]) => name as SlotName)),
    parameters: fitParameters(model, stored.data.parameters).parameters,
    media: Object.fromEntries(
      inputs.map(([name, input]): [string, SlotContent] => [
        name,
        { status: "ready", input, localUrl: null },
      ]),
    ),
  };
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
