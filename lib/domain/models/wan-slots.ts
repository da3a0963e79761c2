import type { AudioSlot, ImageSlot, VideoSlot } from "./model";

// Vendors write "MB" without saying which; the smaller reading can never be refused there.
export const MB = 1_000_000;

const PICTURES = ["image/jpeg", "image/png", "image/bmp", "image/webp"] as const;

/** wan2.7: 240 to 8000 px a side, 1:8 to 8:1, 20 MB. */
export const frameOf27: ImageSlot = {
  kind: "image",
  mediaTypes: PICTURES,
  bytesMax: 20 * MB,
  sidePx: [240, 8000],
  ratioMax: 8,
};

/** wan2.5 and 2.6: the same without a stated ratio. */
export const frameOf26: ImageSlot = { ...frameOf27, ratioMax: null };

/** wan2.1, 2.2 and the keyframe models: 10 MB. */
export const frameOf22: ImageSlot = { ...frameOf26, bytesMax: 10 * MB };

export const drivingAudioOf27: AudioSlot = {
  kind: "audio",
  mediaTypes: ["audio/wav", "audio/mpeg"],
  bytesMax: 15 * MB,
  seconds: [2, 30],
};

export const drivingAudioOf26: AudioSlot = { ...drivingAudioOf27, seconds: [3, 30] };

export const firstClipOf27: VideoSlot = {
  kind: "video",
  mediaTypes: ["video/mp4", "video/quicktime"],
  bytesMax: 100 * MB,
  sidePx: [240, 4096],
  ratioMax: 8,
  seconds: [2, 10],
};
