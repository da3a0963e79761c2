import type { GenerationParameters } from "@/lib/domain/generation";
import type { DashScopeOffer, SlotName } from "@/lib/domain/models/model";

type Wire = DashScopeOffer["wire"];
export type InputUrls = Partial<Record<SlotName, string>>;
export type CreateBody = {
  model: string;
  input: Record<string, unknown>;
  parameters: Record<string, unknown>;
};

/** The address of the create call below the base URL. (API references of the three families.) */
export const CREATE_PATHS: Record<Wire, string> = {
  media: "/services/aigc/video-generation/video-synthesis",
  "img-url": "/services/aigc/video-generation/video-synthesis",
  keyframes: "/services/aigc/image2video/video-synthesis",
};

const MEDIA_TYPES: Record<SlotName, string> = {
  firstFrame: "first_frame",
  lastFrame: "last_frame",
  drivingAudio: "driving_audio",
  firstClip: "first_clip",
};

const INPUTS: Record<Wire, (urls: InputUrls) => Record<string, unknown>> = {
  media: (urls) => ({
    media: (Object.entries(urls) as [SlotName, string][]).map(([slot, url]) => ({
      type: MEDIA_TYPES[slot],
      url,
    })),
  }),
  "img-url": ({ firstFrame, drivingAudio }) => ({ img_url: firstFrame, audio_url: drivingAudio }),
  keyframes: ({ firstFrame, lastFrame }) => ({ first_frame_url: firstFrame, last_frame_url: lastFrame }),
};

/**
 * The create call's body. What was not chosen is left out, so that the vendor's default holds; the resolution is always
 * sent, since defaults differ by model. The keyframe models make five seconds and are not told so. (API references.)
 */
export function toCreateBody(
  { wire, remoteId }: { wire: Wire; remoteId: string },
  urls: InputUrls,
  parameters: GenerationParameters,
): CreateBody {
  const { prompt, negativePrompt, resolution, durationSeconds, template } = parameters;
  const { promptExtend, watermark, seed, shotType, sound } = parameters;
  return {
    model: remoteId,
    input: given({
      prompt: prompt || undefined,
      negative_prompt: negativePrompt || undefined,
      ...INPUTS[wire](urls),
      template,
    }),
    parameters: given({
      resolution,
      duration: wire === "keyframes" ? undefined : durationSeconds,
      prompt_extend: promptExtend,
      watermark,
      seed,
      shot_type: shotType,
      audio: sound === undefined ? undefined : sound === "automatic",
    }),
  };
}

function given(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
