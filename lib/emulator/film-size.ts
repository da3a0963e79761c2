import type { Resolution } from "./limits";

const AREA_PX: Record<Resolution, number> = { "480P": 832 * 480, "720P": 1280 * 720, "1080P": 1920 * 1080 };
const GRID_PX = 16;

/**
 * The film's size for a picture of this size: its ratio, about the tier's area, each side floored to 16 on its own.
 * The FAQ of the API reference; whole numbers throughout, since a float makes 719.999 of 720.
 */
export function filmSize(resolution: Resolution, picture: { width: number; height: number }) {
  const side = (along: number, across: number) => {
    const length = wholeRoot(Math.floor((AREA_PX[resolution] * along) / across));
    return length - (length % GRID_PX);
  };
  return { width: side(picture.width, picture.height), height: side(picture.height, picture.width) };
}

function wholeRoot(value: number): number {
  let root = Math.floor(Math.sqrt(value));
  while (root * root > value) root--;
  while ((root + 1) * (root + 1) <= value) root++;
  return root;
}
