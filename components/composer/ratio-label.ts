import type { PixelSize } from "@/lib/domain/models/output-size";

const COMMON: readonly (readonly [number, number])[] = [
  [1, 1],
  [5, 4],
  [4, 3],
  [3, 2],
  [16, 10],
  [5, 3],
  [16, 9],
  [2, 1],
  [21, 9],
  [3, 1],
  [4, 1],
  [8, 1],
];
const TOLERANCE = 0.012;

/** `3:4` where a picture is within about a percent of a ratio people know, else `1.37:1`. */
export function ratioLabel({ width, height }: PixelSize): string {
  const isTall = height > width;
  const ratio = isTall ? height / width : width / height;
  const known = COMMON.find(([long, short]) => Math.abs(ratio / (long / short) - 1) < TOLERANCE);
  const [long, short] = known ?? [Number(ratio.toFixed(2)), 1];
  return isTall ? `${short}:${long}` : `${long}:${short}`;
}
