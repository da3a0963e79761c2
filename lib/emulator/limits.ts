/**
 * What each model takes, typed from the vendor's API reference and rate-limit page and from nothing else. The studio has a
 * table of its own; that the two agree is tested, not arranged.
 */

// "MB" is not defined by the vendor. The client is advised to count in millions, so this side counts in 2^20.
const MB = 2 ** 20;

type Range = { min: number; max: number };

export type FileLimits = {
  kind: "image" | "audio" | "video";
  mediaTypes: string[];
  sizeBytesMax: number;
  /** Each side, px. */
  sidePx?: Range;
  /** Width to height may be 1 : this up to this : 1. */
  ratioMax?: number;
  durationSeconds?: Range;
  /** Whether the bytes may stand in the request itself. */
  acceptsDataUri: boolean;
};

export type Resolution = "480P" | "720P" | "1080P";

/** Family M: `input.media[]`. */
export type MediaModel = {
  family: "media";
  resolutions: Resolution[];
  defaultResolution: Resolution;
  durationSeconds: Range;
  defaultDurationSeconds: number;
  /** Longer texts are cut silently. */
  promptCharsMax: number;
  negativePromptCharsMax: number;
  media: Record<string, FileLimits>;
  /** Only these sets of media types are a task. */
  mediaSets: string[][];
  submitsPerSecond: number;
  runningTasksMax: number;
};

const frame: FileLimits = {
  kind: "image",
  mediaTypes: ["image/jpeg", "image/png", "image/bmp", "image/webp"],
  sizeBytesMax: 20 * MB,
  sidePx: { min: 240, max: 8000 },
  ratioMax: 8,
  acceptsDataUri: true,
};

const wan27: MediaModel = {
  family: "media",
  resolutions: ["720P", "1080P"],
  defaultResolution: "1080P",
  durationSeconds: { min: 2, max: 15 },
  defaultDurationSeconds: 5,
  promptCharsMax: 5000,
  negativePromptCharsMax: 500,
  media: {
    first_frame: frame,
    last_frame: frame,
    driving_audio: {
      kind: "audio",
      mediaTypes: ["audio/wav", "audio/mpeg"],
      sizeBytesMax: 15 * MB,
      durationSeconds: { min: 2, max: 30 },
      acceptsDataUri: false,
    },
    first_clip: {
      kind: "video",
      mediaTypes: ["video/mp4", "video/quicktime"],
      sizeBytesMax: 100 * MB,
      sidePx: { min: 240, max: 4096 },
      ratioMax: 8,
      durationSeconds: { min: 2, max: 10 },
      acceptsDataUri: false,
    },
  },
  mediaSets: [
    ["first_frame"],
    ["first_frame", "driving_audio"],
    ["first_frame", "last_frame"],
    ["first_frame", "last_frame", "driving_audio"],
    ["first_clip"],
    ["first_clip", "last_frame"],
  ],
  submitsPerSecond: 5,
  runningTasksMax: 5,
};

export type Model = MediaModel;

export const models: Record<string, Model> = {
  "wan2.7-i2v": wan27,
  "wan2.7-i2v-2026-04-25": wan27,
};

export const QUERIES_PER_SECOND = 20;
export const REQUEST_SIZE_BYTES_MAX = 64 * MB;
export const UPLOAD_SIZE_MB_MAX = 100;

const HOUR_MS = 3_600_000;
export const TASK_LIFE_MS = 24 * HOUR_MS;
export const RESULT_LIFE_MS = 24 * HOUR_MS;
export const UPLOAD_LIFE_MS = 48 * HOUR_MS;
export const POLICY_LIFE_SECONDS = 300;
