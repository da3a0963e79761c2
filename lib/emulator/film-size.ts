import type { Resolution } from "./limits";

const AREA_PX: Record<Resolution, number> = { "480P": 832 * 480, "720P": 1280 * 720, "1080P": 1920 * 1080 };
const GRID_PX = 16;

export type FilmSizeRule = {
  /** 1920 × 1080 for exactly 16:9, as some films of the newest models have been seen; by the rule it is 1920 × 1072. */
  hasFullHd: boolean;
};

/**
 * The film's size for a picture of this size: its ratio, about the tier's area, each side floored to 16 on its own.
 * The FAQ of the API reference; whole numbers throughout, since a float makes 719.999 of 720.
 */
export function filmSize(
  resolution: Resolution,
  picture: { width: number; height: number },
  { hasFullHd }: FilmSizeRule = { hasFullHd: false },
) {
  if (hasFullHd && resolution === "1080P") {
    if (picture.width * 9 === picture.height * 16) return { width: 1920, height: 1080 };
    if (picture.width * 16 === picture.height * 9) return { width: 1080, height: 1920 };
  }
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
