import type { MediaModel, Resolution } from "./limits";
import type { Task } from "./task";
import { fieldRequired, invalidParameter } from "./vendor-error";

/** A family M request whose form is right; the files themselves are not looked at yet. */
export type CheckedRequest = {
  media: { type: string; url: string; place: string }[];
  resolution: Resolution;
  durationSeconds: number;
  seed: number | null;
  hasWatermark: boolean;
};

const SEED_MAX = 2_147_483_647;

/** Throws a VendorError that names the field. Unknown extra keys pass: the vendor's own SDKs send some. */
export function checkRequest(
  { input, parameters }: Pick<Task, "input" | "parameters">,
  model: MediaModel,
): CheckedRequest {
  optional(input, "input", "prompt", isString, "a string");
  optional(input, "input", "negative_prompt", isString, "a string");
  optional(parameters, "parameters", "prompt_extend", isBoolean, "true or false");
  const { min, max } = model.durationSeconds;
  return {
    media: checkMedia(input.media, model),
    resolution:
      optional(
        parameters,
        "parameters",
        "resolution",
        (value): value is Resolution => model.resolutions.includes(value as Resolution),
        `one of ${model.resolutions.join(", ")}`,
      ) ?? model.defaultResolution,
    durationSeconds:
      optional(
        parameters,
        "parameters",
        "duration",
        isWholeIn(min, max),
        `an integer from ${min} to ${max}`,
      ) ?? model.defaultDurationSeconds,
    seed:
      optional(
        parameters,
        "parameters",
        "seed",
        isWholeIn(0, SEED_MAX),
        `an integer from 0 to ${SEED_MAX}`,
      ) ?? null,
    hasWatermark: optional(parameters, "parameters", "watermark", isBoolean, "true or false") ?? false,
  };
}

function checkMedia(media: unknown, model: MediaModel): CheckedRequest["media"] {
  if (media === undefined || media === null) throw fieldRequired("input.media");
  if (!Array.isArray(media)) throw invalidParameter("input.media must be an array.");
  const items = media.map((item: unknown, index) => {
    const place = `input.media.${index}`;
    if (typeof item !== "object" || item === null) throw invalidParameter(`${place} must be an object.`);
    const { type, url } = item as Record<string, unknown>;
    if (type === undefined || type === null) throw fieldRequired(`${place}.type`);
    if (url === undefined || url === null || url === "") throw fieldRequired(`${place}.url`);
    if (typeof type !== "string" || !Object.hasOwn(model.media, type)) {
      throw invalidParameter(`${place}.type must be one of ${Object.keys(model.media).join(", ")}.`);
    }
    if (typeof url !== "string") throw invalidParameter(`${place}.url must be a string.`);
    return { type, url, place: `${place}.url` };
  });
  const types = items.map(({ type }) => type);
  const isLegal = model.mediaSets.some(
    (set) => set.length === types.length && set.every((type) => types.includes(type)),
  );
  if (!isLegal) {
    const sets = model.mediaSets.map((set) => set.join(" + ")).join("; ");
    throw invalidParameter(
      `input.media is not a supported combination (${types.join(" + ") || "empty"}). Supported: ${sets}.`,
    );
  }
  return items;
}

function optional<Value>(
  holder: Record<string, unknown>,
  holderName: string,
  name: string,
  isRight: (value: unknown) => value is Value,
  what: string,
): Value | undefined {
  const value = holder[name];
  // The Python SDK sends null for what its caller left out.
  if (value === undefined || value === null) return undefined;
  if (!isRight(value)) throw invalidParameter(`${holderName}.${name} must be ${what}.`);
  return value;
}

const isString = (value: unknown): value is string => typeof value === "string";
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isWholeIn =
  (min: number, max: number) =>
  (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
