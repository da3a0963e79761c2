import { VendorError } from "./vendor-error";

export const GATEWAY_MODEL = "alibaba/wan-2-7-i2v";
/** What the shop has it made by. */
export const NATIVE_MODEL = "wan2.7-i2v";

const DURATIONS_SECONDS = [5, 10, 15];
const RESOLUTIONS = ["720p", "1080p"];
const NEGATIVE_PROMPT_CHARS_MAX = 500;
const SEED_MAX = 2_147_483_647;

type Check = { isRight: (value: unknown) => boolean; hint: string };

const isText = (value: unknown) => typeof value === "string" && value !== "";
const text: Check = { isRight: isText, hint: "Expected a non-empty string" };
const url: Check = {
  isRight: (value) => isText(value) && (/^(https?:|data:)/.test(String(value)) || isBase64(String(value))),
  hint: "Invalid url",
};
const toggle: Check = { isRight: (value) => typeof value === "boolean", hint: "Expected boolean" };
const oneOf = (allowed: unknown[]): Check => ({
  isRight: (value) => allowed.includes(value),
  hint: `Invalid value. Expected ${allowed.map((value) => JSON.stringify(value)).join(" | ")}`,
});

const required: Record<string, Check> = { model: oneOf([GATEWAY_MODEL]), prompt: text, image_url: url };
const optional: Record<string, Check> = {
  audio_url: url,
  resolution: oneOf(RESOLUTIONS),
  duration: oneOf(DURATIONS_SECONDS),
  enable_prompt_expansion: toggle,
  enhance_prompt: toggle,
  negative_prompt: {
    isRight: (value) => typeof value === "string" && value.length <= NEGATIVE_PROMPT_CHARS_MAX,
    hint: `Expected a string of at most ${NEGATIVE_PROMPT_CHARS_MAX} characters`,
  },
  seed: {
    isRight: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= SEED_MAX,
    hint: `Expected an integer from 0 to ${SEED_MAX}`,
  },
  watermark: toggle,
};

/** The shop's flat fields as the vendor's `input` and `parameters`. Throws a VendorError with a line for each bad field. */
export function readGatewayBody(given: Record<string, unknown>) {
  // The shop's own samples send the duration as text.
  const body = { ...given, duration: asNumber(given.duration) } as Record<string, unknown>;
  const lines = [...linesOf(body, required, true), ...linesOf(body, optional, false)];
  if (lines.length > 0) {
    throw new VendorError("BadRequest", ["Body validation error", ...lines].join("\n"), 400);
  }
  const media = [{ type: "first_frame", url: asDataUri(String(body.image_url)) }];
  if (isGiven(body.audio_url)) media.push({ type: "driving_audio", url: asDataUri(String(body.audio_url)) });
  return {
    input: { prompt: body.prompt, negative_prompt: body.negative_prompt, media },
    parameters: {
      resolution: String(body.resolution ?? "1080p").toUpperCase(),
      duration: body.duration ?? 10,
      // Nobody knows which of the two wins.
      prompt_extend: body.enable_prompt_expansion ?? body.enhance_prompt ?? true,
      watermark: body.watermark ?? false,
      seed: body.seed ?? null,
    },
  };
}

function linesOf(
  body: Record<string, unknown>,
  checks: Record<string, Check>,
  isRequired: boolean,
): string[] {
  return Object.entries(checks).flatMap(([name, { isRight, hint }]) => {
    const value = body[name];
    if (!isGiven(value)) return isRequired ? [`${name}: Required`] : [];
    return isRight(value) ? [] : [`${name}: ${hint}, received ${JSON.stringify(value)?.slice(0, 80)}`];
  });
}

const isGiven = (value: unknown) => value !== undefined && value !== null;

function asNumber(value: unknown): unknown {
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
}

function isBase64(value: string): boolean {
  return /^[A-Za-z0-9+/]{64,}={0,2}$/.test(value);
}

/** Base64 alone says nothing of its kind; the beginning of the file does. */
function asDataUri(value: string): string {
  if (!isBase64(value)) return value;
  const kinds = { "/9j/": "image/jpeg", iVBOR: "image/png", Qk: "image/bmp", UklGR: "image/webp" };
  const [, kind = "image/jpeg"] = Object.entries(kinds).find(([start]) => value.startsWith(start)) ?? [];
  return `data:${kind};base64,${value}`;
}
