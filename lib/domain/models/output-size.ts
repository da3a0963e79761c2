import type { ResolutionTier } from "./model";

export type PixelSize = { width: number; height: number };

const AREA_PX: Record<ResolutionTier, number> = {
  "480P": 832 * 480,
  "720P": 1280 * 720,
  "1080P": 1920 * 1080,
};

const GRID_PX = 16;

/**
 * The size, in pixels, that the model will make from an input of `width` × `height`: the input's ratio, about the
 * tier's area, each side floored to a multiple of 16 on its own. The vendor documents 750 × 1000 at 720P → 816 × 1104,
 * and only this rounding gives it. A finished file may differ: probe it.
 */
export function predictOutputSize(tier: ResolutionTier, { width, height }: PixelSize): PixelSize {
  const area = AREA_PX[tier];
  return {
    width: floorToGrid(integerSquareRoot(Math.floor((area * width) / height))),
    height: floorToGrid(integerSquareRoot(Math.floor((area * height) / width))),
  };
}

function floorToGrid(sidePx: number): number {
  return sidePx - (sidePx % GRID_PX);
}

// Floats put some 16:9 sides at 719.999…, which would drop them to 704.
function integerSquareRoot(value: number): number {
  let root = Math.floor(Math.sqrt(value));
  while (root * root > value) root -= 1;
  while ((root + 1) * (root + 1) <= value) root += 1;
  return root;
}
