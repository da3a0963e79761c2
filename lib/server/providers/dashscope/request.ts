import type { GenerationParameters } from "@/lib/domain/generation";
import type { DashScopeOffer, SlotName } from "@/lib/domain/models/model";

const MEDIA_TYPES: Record<SlotName, string> = {
  firstFrame: "first_frame",
  lastFrame: "last_frame",
  drivingAudio: "driving_audio",
  firstClip: "first_clip",
};

export type CreateBody = {
  model: string;
  input: {
    prompt?: string;
    negative_prompt?: string;
    media: { type: string; url: string }[];
  };
  parameters: {
    resolution: string;
    duration: number;
    prompt_extend?: boolean;
    watermark?: boolean;
    seed?: number;
  };
};

/** The address of the create call below the base URL, by body family. */
export const CREATE_PATHS: Record<DashScopeOffer["wire"], string> = {
  media: "/services/aigc/video-generation/video-synthesis",
};

/**
 * The create call's body: `input.media[]` for wan2.7. What was not chosen is left out, so that the vendor's default
 * holds. (wan2.7 image-to-video API reference, "Request body".)
 */
export function toCreateBody(
  offer: DashScopeOffer,
  urls: Partial<Record<SlotName, string>>,
  parameters: GenerationParameters,
): CreateBody {
  const { prompt, negativePrompt, resolution, durationSeconds, promptExtend, watermark, seed } = parameters;
  return {
    model: offer.remoteId,
    input: {
      ...(prompt && { prompt }),
      ...(negativePrompt && { negative_prompt: negativePrompt }),
      media: (Object.entries(urls) as [SlotName, string][]).map(([slot, url]) => ({
        type: MEDIA_TYPES[slot],
        url,
      })),
    },
    parameters: {
      resolution,
      duration: durationSeconds,
      ...(promptExtend !== undefined && { prompt_extend: promptExtend }),
      ...(watermark !== undefined && { watermark }),
      ...(seed !== undefined && { seed }),
    },
  };
}
