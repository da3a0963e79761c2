/**
 * What each model takes, typed from the vendor's API reference and rate-limit page and from nothing else. The studio has a
 * table of its own; that the two agree is tested, not arranged.
 */

// "MB" is not defined by the vendor. The client is advised to count in millions, so this side counts in 2^20.
const MB = 2 ** 20;

type Range = { min: number; max: number };

/** What an input is for, whatever a family calls it. */
export type InputRole = "firstFrame" | "lastFrame" | "sound" | "clip";

export type FileLimits = {
  kind: "image" | "audio" | "video";
  role: InputRole;
  mediaTypes: string[];
  sizeBytesMax: number;
  /** Each side, px. */
  sidePx?: Range;
  /** Width to height may be 1 : this up to this : 1. */
  ratioMax?: number;
  durationSeconds?: Range;
  /** Whether the bytes may stand in the request itself; some clients do it where the reference does not allow it. */
  acceptsDataUri: boolean | "unless strict";
  /** Whether Base64 without `data:` in front is taken too; one client sends it so. */
  acceptsBareBase64?: boolean;
};

export type Resolution = "480P" | "720P" | "1080P";
export const regions = ["cn-beijing", "ap-southeast-1", "us-east-1", "eu-central-1"] as const;
export type Region = (typeof regions)[number];

/** What a region has of its own. */
type Offer = {
  submitsPerSecond: number;
  runningTasksMax: number;
  /** Where fewer lengths are sold than elsewhere. */
  durationsSeconds?: number[];
};

/**
 * `media`: `input.media[]`; `image`: `input.img_url`; `keyframes`: `input.first_frame_url` and `last_frame_url`, at a
 * path of its own.
 */
export type Family = "media" | "image" | "keyframes";

export type Model = {
  family: Family;
  resolutions: Resolution[];
  defaultResolution: Resolution;
  durationsSeconds: number[];
  defaultDurationSeconds: number;
  /** Longer texts are cut silently. */
  promptCharsMax: number;
  negativePromptCharsMax: number;
  /** By the media's type, or by the field of `input`. */
  files: Record<string, FileLimits>;
  /** Video effects. */
  templates: string[];
  /** `switchable`: `parameters.audio` can turn it off. */
  sound: "always" | "switchable" | "never";
  hasShotType: boolean;
  /** Which keys `usage` has. */
  usage: "parts" | "parts-and-audio" | "plain" | "ratio" | "length";
  /** Whether the prompt as rewritten is told. */
  hasActualPrompt: boolean;
  offers: Partial<Record<Region, Offer>>;
};

/** A model as one region offers it. */
export type OfferedModel = Model & Required<Offer>;

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const picture = {
  kind: "image",
  mediaTypes: ["image/jpeg", "image/png", "image/bmp", "image/webp"],
  sidePx: { min: 240, max: 8000 },
  acceptsDataUri: true,
} satisfies Partial<FileLimits>;
const sound = {
  kind: "audio",
  role: "sound",
  mediaTypes: ["audio/wav", "audio/mpeg"],
  sizeBytesMax: 15 * MB,
  acceptsDataUri: false,
} satisfies Partial<FileLimits>;

/** Only these sets of media types are a task. (API reference of wan2.7, "media".) */
export const mediaSets = [
  ["first_frame"],
  ["first_frame", "driving_audio"],
  ["first_frame", "last_frame"],
  ["first_frame", "last_frame", "driving_audio"],
  ["first_clip"],
  ["first_clip", "last_frame"],
];

const busy: Offer = { submitsPerSecond: 5, runningTasksMax: 5 };
const modest: Offer = { submitsPerSecond: 2, runningTasksMax: 2 };

const wan27: Model = {
  family: "media",
  resolutions: ["720P", "1080P"],
  defaultResolution: "1080P",
  durationsSeconds: range(2, 15),
  defaultDurationSeconds: 5,
  promptCharsMax: 5000,
  negativePromptCharsMax: 500,
  files: {
    first_frame: { ...picture, role: "firstFrame", sizeBytesMax: 20 * MB, ratioMax: 8 },
    last_frame: { ...picture, role: "lastFrame", sizeBytesMax: 20 * MB, ratioMax: 8 },
    driving_audio: { ...sound, durationSeconds: { min: 2, max: 30 } },
    first_clip: {
      kind: "video",
      role: "clip",
      mediaTypes: ["video/mp4", "video/quicktime"],
      sizeBytesMax: 100 * MB,
      sidePx: { min: 240, max: 4096 },
      ratioMax: 8,
      durationSeconds: { min: 2, max: 10 },
      acceptsDataUri: false,
    },
  },
  templates: [],
  sound: "always",
  hasShotType: false,
  usage: "parts",
  hasActualPrompt: false,
  offers: { "cn-beijing": busy, "ap-southeast-1": busy },
};

const imageUrl = (sizeBytesMax: number): FileLimits => ({
  ...picture,
  role: "firstFrame",
  sizeBytesMax,
  acceptsBareBase64: true,
});

const wan26: Model = {
  family: "image",
  resolutions: ["720P", "1080P"],
  defaultResolution: "1080P",
  durationsSeconds: range(2, 15),
  defaultDurationSeconds: 5,
  promptCharsMax: 1500,
  negativePromptCharsMax: 500,
  files: { img_url: imageUrl(20 * MB), audio_url: { ...sound, durationSeconds: { min: 3, max: 30 } } },
  templates: [],
  sound: "always",
  hasShotType: true,
  usage: "parts",
  hasActualPrompt: false,
  // The deployment that runs anywhere in the world sells three lengths.
  offers: {
    "cn-beijing": busy,
    "ap-southeast-1": busy,
    "us-east-1": { ...busy, durationsSeconds: [5, 10, 15] },
    "eu-central-1": { ...busy, durationsSeconds: [5, 10, 15] },
  },
};

const wan25: Model = {
  ...wan26,
  resolutions: ["480P", "720P", "1080P"],
  durationsSeconds: [5, 10],
  // An older client sends `audio`, and its sound in the request itself; the reference gives this model neither.
  files: {
    img_url: imageUrl(20 * MB),
    audio_url: { ...sound, durationSeconds: { min: 3, max: 30 }, acceptsDataUri: "unless strict" },
  },
  sound: "switchable",
  hasShotType: false,
  usage: "plain",
  hasActualPrompt: true,
  offers: { "cn-beijing": busy, "ap-southeast-1": busy },
};

const wan22Flash: Model = {
  family: "image",
  resolutions: ["480P", "720P", "1080P"],
  defaultResolution: "720P",
  durationsSeconds: [5],
  defaultDurationSeconds: 5,
  promptCharsMax: 800,
  negativePromptCharsMax: 500,
  files: { img_url: imageUrl(10 * MB) },
  templates: [],
  sound: "never",
  hasShotType: false,
  usage: "plain",
  hasActualPrompt: true,
  // The guides offer it in Singapore, the table of rates does not know it there.
  offers: { "cn-beijing": modest, "ap-southeast-1": modest },
};
const wan22Plus: Model = { ...wan22Flash, resolutions: ["480P", "1080P"], defaultResolution: "1080P" };

const effects =
  "squish rotation poke inflate dissolve carousel singleheart flying rose crystalrose hug frenchkiss coupleheart";
const plusEffects =
  "melt icecream dance1 dance2 dance3 dance4 dance5 mermaid graduation dragon money jellyfish pupil";

const wan21Turbo: Model = {
  ...wan22Flash,
  resolutions: ["480P", "720P"],
  durationsSeconds: [3, 4, 5],
  templates: effects.split(" "),
  usage: "ratio",
};
const wan21Plus: Model = {
  ...wan21Turbo,
  resolutions: ["720P"],
  durationsSeconds: [5],
  templates: `${effects} ${plusEffects}`.split(" "),
};

const wan22Keyframes: Model = {
  ...wan22Flash,
  family: "keyframes",
  files: {
    first_frame_url: { ...picture, role: "firstFrame", sizeBytesMax: 10 * MB },
    last_frame_url: { ...picture, role: "lastFrame", sizeBytesMax: 10 * MB },
  },
  usage: "length",
};
const wan21Keyframes: Model = {
  ...wan22Keyframes,
  resolutions: ["720P"],
  templates: ["hanfu-1", "solaron", "magazine", "mech1", "mech2"],
  usage: "ratio",
};

const inBeijing = { "cn-beijing": modest };
const inSingapore = { "ap-southeast-1": modest };

const models: Record<string, Model> = {
  "wan2.7-i2v": wan27,
  "wan2.7-i2v-2026-04-25": wan27,
  "wan2.6-i2v-flash": {
    ...wan26,
    sound: "switchable",
    usage: "parts-and-audio",
    offers: { "cn-beijing": busy, "ap-southeast-1": busy },
  },
  "wan2.6-i2v": wan26,
  "wan2.6-i2v-us": { ...wan26, durationsSeconds: [5, 10, 15], offers: { "us-east-1": busy } },
  "wan2.5-i2v-preview": wan25,
  "wan2.2-i2v-flash": wan22Flash,
  "wan2.2-i2v-plus": wan22Plus,
  "wanx2.1-i2v-turbo": { ...wan21Turbo, offers: inBeijing },
  "wanx2.1-i2v-plus": { ...wan21Plus, offers: inBeijing },
  "wan2.1-i2v-turbo": { ...wan21Turbo, offers: inSingapore },
  "wan2.1-i2v-plus": { ...wan21Plus, offers: inSingapore },
  "wan2.2-kf2v-flash": wan22Keyframes,
  "wanx2.1-kf2v-plus": { ...wan21Keyframes, offers: inBeijing },
  "wan2.1-kf2v-plus": {
    ...wan21Keyframes,
    offers: { "ap-southeast-1": { submitsPerSecond: 1, runningTasksMax: 2 } },
  },
};

export const modelIds = Object.keys(models);

/** A model as a region offers it; for no region in particular, as the most generous one does. */
export function findModel(id: string, region: Region | null): OfferedModel | undefined {
  const model = Object.hasOwn(models, id) ? models[id] : undefined;
  if (!model) return undefined;
  const offers = region === null ? Object.values(model.offers) : [model.offers[region]];
  const [offer] = offers
    .filter((candidate) => candidate !== undefined)
    .sort((a, b) => b.submitsPerSecond - a.submitsPerSecond);
  return offer && { ...model, durationsSeconds: model.durationsSeconds, ...offer };
}

export const REQUESTS_PER_SECOND = 20;
export const POLICIES_PER_SECOND = 100;
export const REQUEST_SIZE_BYTES_MAX = 64 * MB;
export const UPLOAD_SIZE_MB_MAX = 100;

const HOUR_MS = 3_600_000;
export const TASK_LIFE_MS = 24 * HOUR_MS;
export const RESULT_LIFE_MS = 24 * HOUR_MS;
export const UPLOAD_LIFE_MS = 48 * HOUR_MS;
export const POLICY_LIFE_SECONDS = 300;
