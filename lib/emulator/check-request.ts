import { type FileLimits, mediaSets, type OfferedModel, type Resolution } from "./limits";
import type { Task } from "./task";
import { fieldRequired, invalidParameter } from "./vendor-error";

/** An input that the film is made of; `place` is where the request names it. */
export type WantedInput = { url: string; place: string; limits: FileLimits };

/** A request whose form is right; the files themselves are not looked at yet. */
export type CheckedRequest = {
  inputs: WantedInput[];
  resolution: Resolution;
  durationSeconds: number;
  seed: number | null;
  hasWatermark: boolean;
  isSilent: boolean;
};

const SEED_MAX = 2_147_483_647;

/** Throws a VendorError that names the field. Unknown extra keys pass: the vendor's own SDKs send some. */
export function checkRequest(
  { input, parameters }: Pick<Task, "input" | "parameters">,
  model: OfferedModel,
): CheckedRequest {
  const inInput = reader(input, "input");
  const inParameters = reader(parameters, "parameters");
  inInput("prompt", isString, "a string");
  inInput("negative_prompt", isString, "a string");
  inParameters("prompt_extend", isBoolean, "true or false");
  if (model.hasShotType) inParameters("shot_type", isOneOf(["single", "multi"]), "one of single, multi");
  const hasAudio =
    model.sound === "switchable" ? (inParameters("audio", isBoolean, "true or false") ?? true) : true;
  const isSilent = model.sound === "never" || !hasAudio;
  const hasTemplate = checkTemplate(input.template, model);
  return {
    inputs:
      model.family === "media"
        ? mediaOf(input.media, model)
        : fieldsOf(input, model, { hasTemplate, isSilent }),
    resolution:
      inParameters(
        "resolution",
        isOneOf<Resolution>(model.resolutions),
        `one of ${model.resolutions.join(", ")}`,
      ) ?? model.defaultResolution,
    durationSeconds:
      inParameters("duration", isOneOf(model.durationsSeconds), integerOf(model.durationsSeconds)) ??
      model.defaultDurationSeconds,
    seed: inParameters("seed", isSeed, `an integer from 0 to ${SEED_MAX}`) ?? null,
    hasWatermark: inParameters("watermark", isBoolean, "true or false") ?? false,
    isSilent,
  };
}

/** Families I and K: a field an input. A template makes nothing of a last frame, nor silence of a sound. */
function fieldsOf(
  input: Record<string, unknown>,
  model: OfferedModel,
  { hasTemplate, isSilent }: { hasTemplate: boolean; isSilent: boolean },
): WantedInput[] {
  const inputs: WantedInput[] = [];
  for (const [field, limits] of Object.entries(model.files)) {
    if (limits.role === "lastFrame" && hasTemplate) continue;
    if (limits.role === "sound" && isSilent) continue;
    const url = input[field];
    if (url === undefined || url === null || url === "") {
      if (limits.role === "sound") continue;
      throw fieldRequired(`input.${field}`);
    }
    if (typeof url !== "string") throw invalidParameter(`input.${field} must be a string.`);
    inputs.push({ url, place: `input.${field}`, limits });
  }
  return inputs;
}

/** Family M. The order of the array does not matter. */
function mediaOf(media: unknown, model: OfferedModel): WantedInput[] {
  if (media === undefined || media === null) throw fieldRequired("input.media");
  if (!Array.isArray(media)) throw invalidParameter("input.media must be an array.");
  const items = media.map((item: unknown, index) => {
    const place = `input.media.${index}`;
    if (typeof item !== "object" || item === null) throw invalidParameter(`${place} must be an object.`);
    const { type, url } = item as Record<string, unknown>;
    if (type === undefined || type === null) throw fieldRequired(`${place}.type`);
    if (url === undefined || url === null || url === "") throw fieldRequired(`${place}.url`);
    const limits =
      typeof type === "string" && Object.hasOwn(model.files, type) ? model.files[type] : undefined;
    if (!limits)
      throw invalidParameter(`${place}.type must be one of ${Object.keys(model.files).join(", ")}.`);
    if (typeof url !== "string") throw invalidParameter(`${place}.url must be a string.`);
    return { type: String(type), url, place: `${place}.url`, limits };
  });
  const types = items.map(({ type }) => type);
  const isLegal = mediaSets.some(
    (set) => set.length === types.length && set.every((type) => types.includes(type)),
  );
  if (!isLegal) {
    const sets = mediaSets.map((set) => set.join(" + ")).join("; ");
    throw invalidParameter(
      `input.media is not a supported combination (${types.join(" + ") || "empty"}). Supported: ${sets}.`,
    );
  }
  return items;
}

function checkTemplate(template: unknown, model: OfferedModel): boolean {
  if (template === undefined || template === null || template === "") return false;
  if (isOneOf(model.templates)(template)) return true;
  const known = model.templates.length === 0 ? "no template" : model.templates.join(", ");
  throw invalidParameter(`input.template is not supported. This model takes ${known}.`);
}

/** Reads one optional field after the other. The Python SDK sends null for what its caller left out. */
function reader(holder: Record<string, unknown>, holderName: string) {
  return <Value>(
    name: string,
    isRight: (value: unknown) => value is Value,
    what: string,
  ): Value | undefined => {
    const value = holder[name];
    if (value === undefined || value === null) return undefined;
    if (!isRight(value)) throw invalidParameter(`${holderName}.${name} must be ${what}.`);
    return value;
  };
}

function integerOf(allowed: number[]): string {
  const [first = 0] = allowed;
  const last = allowed.at(-1) ?? first;
  const isRange = allowed.length > 1 && last - first === allowed.length - 1;
  return isRange ? `an integer from ${first} to ${last}` : `the integer ${allowed.join(" or ")}`;
}

const isString = (value: unknown): value is string => typeof value === "string";
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isSeed = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= SEED_MAX;
const isOneOf =
  <Value>(allowed: Value[]) =>
  (value: unknown): value is Value =>
    allowed.includes(value as Value);
