import sharp, { type Sharp } from "sharp";
import type { Rectangle } from "@/lib/server/media/caption";
import type { LumaPicture } from "@/tests/fixtures/media/read-film";

const WINDOW = 8;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/** Mean structural similarity of two lumas, by windows of 8 × 8 pixels, without those that touch a masked rectangle. */
export function ssim(a: LumaPicture, b: LumaPicture, masks: Rectangle[] = []): number {
  if (a.width !== b.width || a.height !== b.height) throw new Error("pictures of two sizes");
  let sum = 0;
  let count = 0;
  for (let top = 0; top + WINDOW <= a.height; top += WINDOW / 2) {
    for (let left = 0; left + WINDOW <= a.width; left += WINDOW / 2) {
      if (masks.some((mask) => touches(mask, left, top))) continue;
      sum += ssimAt(a, b, left, top);
      count++;
    }
  }
  return sum / count;
}

// The encoder smears a little over the edge of what is drawn.
const EDGE = 8;

function touches(mask: Rectangle, left: number, top: number): boolean {
  const isAcross = left + WINDOW > mask.left - EDGE && left < mask.left + mask.width + EDGE;
  return isAcross && top + WINDOW > mask.top - EDGE && top < mask.top + mask.height + EDGE;
}

function ssimAt(a: LumaPicture, b: LumaPicture, left: number, top: number): number {
  let [sumA, sumB, sumAa, sumBb, sumAb] = [0, 0, 0, 0, 0];
  for (let y = top; y < top + WINDOW; y++) {
    for (let x = left; x < left + WINDOW; x++) {
      const [p, q] = [a.luma[y * a.width + x] as number, b.luma[y * b.width + x] as number];
      sumA += p;
      sumB += q;
      sumAa += p * p;
      sumBb += q * q;
      sumAb += p * q;
    }
  }
  const n = WINDOW * WINDOW;
  const [meanA, meanB] = [sumA / n, sumB / n];
  const [varA, varB, covariance] = [
    sumAa / n - meanA * meanA,
    sumBb / n - meanB * meanB,
    sumAb / n - meanA * meanB,
  ];
  return (
    ((2 * meanA * meanB + C1) * (2 * covariance + C2)) / ((meanA ** 2 + meanB ** 2 + C1) * (varA + varB + C2))
  );
}

/** A picture's luma as a film of this size has it: covering it, BT.709, limited range. */
export async function lumaOfPicture(picture: Sharp, width: number, height: number): Promise<LumaPicture> {
  const rgb = await sharp(await picture.png().toBuffer())
    .resize(width, height, { fit: "cover", kernel: "lanczos3" })
    .raw()
    .toBuffer();
  const luma = new Uint8Array(width * height);
  for (let at = 0; at < luma.length; at++) {
    const [red = 0, green = 0, blue = 0] = rgb.subarray(at * 3, at * 3 + 3);
    luma[at] = Math.round(16 + (219 / 255) * (0.2126 * red + 0.7152 * green + 0.0722 * blue));
  }
  return { width, height, luma };
}
