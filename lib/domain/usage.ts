import { z } from "zod";
import { RESOLUTION_TIERS, type ResolutionTier } from "./models/model";
import type { Money } from "./money";

/** What a vendor says it bills for one finished film: by the second, or in credits of a prepaid account. */
export type Usage =
  | {
      by: "seconds";
      /** For a continuation the whole film, the given clip's seconds among them. */
      billedSeconds: number;
      /** Null where the model's usage does not tell it. */
      resolutionTier: ResolutionTier | null;
      hasAudio: boolean | null;
      /** How much of a given clip came back, and how much was made; null where the usage does not tell. */
      inputSeconds: number | null;
      outputSeconds: number | null;
    }
  | { by: "credits"; credits: number | null; spent: Money };

/** The gateway's rate. (AI/ML API, "Pricing": 2 000 000 credits are one dollar.) */
const CREDITS_PER_USD = 2_000_000;

// One SDK types the numbers as text, another pads what is missing with 0 and "": so 0 and text are read, too.
const amount = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .pipe(z.number().nonnegative())
  .nullish()
  .catch(null);

const usageSchema = z.object({
  duration: amount,
  video_duration: amount,
  input_video_duration: amount,
  output_video_duration: amount,
  SR: amount,
  audio: z.boolean().nullish().catch(null),
  credits_used: amount,
  usd_spent: amount,
});

/**
 * A vendor's `usage` as it came, of any model: Wan 2.5 to 2.7 bill `duration`, Wan 2.1 and the keyframe models
 * `video_duration`, the gateway credits. Null for everything else; the row keeps the raw text. (API references of the
 * models, "Response parameters, usage"; AI/ML API, "Retrieve the video".)
 */
export function readUsage(raw: unknown): Usage | null {
  const parsed = usageSchema.safeParse(raw);
  if (!parsed.success) return null;
  const { duration, video_duration, SR, audio, credits_used, usd_spent, ...parts } = parsed.data;
  const billedSeconds = [duration, video_duration].find((seconds) => seconds);
  if (billedSeconds) {
    return {
      by: "seconds",
      billedSeconds,
      resolutionTier: RESOLUTION_TIERS.find((tier) => tier === `${SR}P`) ?? null,
      hasAudio: audio ?? null,
      inputSeconds: parts.input_video_duration ?? null,
      outputSeconds: parts.output_video_duration ?? null,
    };
  }
  const usd = usd_spent ?? (credits_used ? credits_used / CREDITS_PER_USD : null);
  if (usd === null) return null;
  const spent: Money = { amountMicro: Math.round(usd * 1_000_000), currency: "USD" };
  return { by: "credits", credits: credits_used ?? null, spent };
}
