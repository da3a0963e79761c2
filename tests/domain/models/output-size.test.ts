import { describe, expect, it } from "vitest";
import { predictOutputSize } from "@/lib/domain/models/output-size";

// From the vendor's documents (750 × 1000 at 720P) and from the documented rule worked out by hand.
const ROWS: [
  input: [number, number],
  p480: [number, number],
  p720: [number, number],
  p1080: [number, number],
][] = [
  [
    [750, 1000],
    [544, 720],
    [816, 1104],
    [1232, 1648],
  ],
  [
    [1000, 750],
    [720, 544],
    [1104, 816],
    [1648, 1232],
  ],
  [
    [1920, 1080],
    [832, 464],
    [1280, 720],
    [1920, 1072],
  ],
  [
    [1280, 720],
    [832, 464],
    [1280, 720],
    [1920, 1072],
  ],
  [
    [1024, 576],
    [832, 464],
    [1280, 720],
    [1920, 1072],
  ],
  [
    [1080, 1920],
    [464, 832],
    [720, 1280],
    [1072, 1920],
  ],
  [
    [500, 500],
    [624, 624],
    [960, 960],
    [1440, 1440],
  ],
  [
    [832, 480],
    [832, 480],
    [1248, 720],
    [1888, 1088],
  ],
  [
    [512, 768],
    [512, 768],
    [768, 1168],
    [1168, 1760],
  ],
  [
    [786, 1172],
    [512, 768],
    [784, 1168],
    [1168, 1744],
  ],
  [
    [800, 100],
    [1776, 208],
    [2704, 336],
    [4064, 496],
  ],
];

describe("the predicted output size", () => {
  for (const [[width, height], ...expected] of ROWS) {
    it(`of ${width} × ${height} is the documented one at each tier`, () => {
      const tiers = ["480P", "720P", "1080P"] as const;
      const sizes = tiers.map((tier) => predictOutputSize(tier, { width, height }));
      expect(sizes.map((size) => [size.width, size.height])).toEqual(expected);
    });
  }
});
