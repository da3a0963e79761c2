import type { PixelSize } from "./models/output-size";

/** A share as the owner sees it: the link's token, and since when. */
export type ShareView = { token: string; createdAt: number };

/** All that a stranger with the link may see. */
export type SharedClipView = PixelSize & {
  title: string;
  durationSeconds: number;
  sizeBytes: number;
  isDemo: boolean;
};

/** The clip's title for a stranger: the prompt stays with its owner. */
export const SHARED_CLIP_TITLE = "A clip made with Firstframe";
