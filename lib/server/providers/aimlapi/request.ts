import type { GenerationParameters } from "@/lib/domain/generation";
import type { SlotName } from "@/lib/domain/models/model";

export type InputUrls = Partial<Record<SlotName, string>>;

export const GENERATIONS_PATH = "/v2/video/generations";

/**
 * The create call's flat body. Resolution and duration are always sent, since the gateway's defaults are not ours; the
 * two switches for rewriting mean the same, and which of them wins is not written. (Page of `wan-2-7-i2v`.)
 */
export function toCreateBody(
  remoteId: string,
  urls: InputUrls,
  parameters: GenerationParameters,
): Record<string, unknown> {
  const { prompt, negativePrompt, resolution, durationSeconds, promptExtend, seed, watermark } = parameters;
  const body = {
    model: remoteId,
    prompt,
    image_url: urls.firstFrame,
    audio_url: urls.drivingAudio,
    resolution: resolution.toLowerCase(),
    duration: durationSeconds,
    enable_prompt_expansion: promptExtend,
    enhance_prompt: promptExtend,
    negative_prompt: negativePrompt || undefined,
    seed,
    watermark,
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}
