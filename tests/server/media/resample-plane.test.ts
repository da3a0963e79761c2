import { expect, test } from "vitest";
import { createPlaneResampler } from "@/lib/server/media/resample-plane";

const SIZE = 48;
const plane = (valueAt: (x: number, y: number) => number) =>
  Uint8Array.from({ length: SIZE * SIZE }, (_, at) => Math.round(valueAt(at % SIZE, Math.floor(at / SIZE))));

function look(source: Uint8Array, window: { left: number; top: number; zoom: number }): Uint8Array {
  const target = new Uint8Array(SIZE * SIZE);
  createPlaneResampler(source, SIZE, SIZE)(window, target);
  return target;
}

test("the whole picture comes out unchanged", () => {
  const source = plane((x, y) => (x * 37 + y * 91) % 256);
  expect(look(source, { left: 0, top: 0, zoom: 1 })).toEqual(source);
});

test("a move by a fraction of a pixel shows as that fraction, in both directions", () => {
  const slope = plane((x, y) => 20 + 3 * x + y);
  for (const [left, top] of [
    [0.25, 0],
    [0.5, 0],
    [0, 0.5],
    [0.75, 0.25],
  ] as const) {
    const moved = look(slope, { left, top, zoom: 1 });
    for (let y = 4; y < SIZE - 4; y++) {
      for (let x = 4; x < SIZE - 4; x++) {
        expect(
          Math.abs((moved[y * SIZE + x] as number) - (20 + 3 * (x + left) + y + top)),
        ).toBeLessThanOrEqual(0.51);
      }
    }
  }
});

test("a wave enlarged is the wave, not a staircase", () => {
  const wave = (x: number) => 128 + 90 * Math.sin(x / 3);
  const window = { left: 5.3, top: 0, zoom: 1.37 };
  const enlarged = look(plane(wave), window);
  for (let x = 4; x < SIZE - 4; x++) {
    const expected = wave(window.left + (x + 0.5) / window.zoom - 0.5);
    expect(Math.abs((enlarged[20 * SIZE + x] as number) - expected)).toBeLessThan(3);
  }
});

test("beyond the edge the edge goes on", () => {
  const target = look(
    plane(() => 200),
    { left: 0, top: 0, zoom: 1.01 },
  );
  expect(new Set(target)).toEqual(new Set([200]));
});
