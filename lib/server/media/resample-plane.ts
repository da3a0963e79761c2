import type { CameraWindow } from "./camera-path";

// Weights are integers of this sum: fine enough that a pixel moves in steps of a thousandth, small enough for 32 bits
// after the second pass.
const WEIGHT_BITS = 10;
const WEIGHT_SUM = 2 ** WEIGHT_BITS;
const TAPS = 4;
const PAD = 2;

/** Draws a window of the plane, enlarged to the plane's own size, into `target`. */
export type PlaneResampler = (window: CameraWindow, target: Uint8Array) => void;

/**
 * Prepares one plane of a picture for being looked at through a moving window. Catmull-Rom in both directions, so that
 * a move of a fraction of a pixel shows as one: neither steps nor the softness of linear filtering. At zoom 1 the plane
 * comes out unchanged. `window` is measured in this plane's pixels.
 */
export function createPlaneResampler(plane: Uint8Array, width: number, height: number): PlaneResampler {
  const stride = width + 2 * PAD;
  const padded = padRows(plane, width, height);
  const rows = new Int32Array(width * height);
  const columns = createAxis(width);
  const lines = createAxis(height);

  return ({ left, top, zoom }, target) => {
    aimAxis(columns, left, zoom);
    aimAxis(lines, top, zoom);
    const firstRow = clampIndex((lines.starts[0] as number) - PAD, height);
    const lastRow = clampIndex((lines.starts[height - 1] as number) - PAD + TAPS - 1, height);
    for (let row = firstRow; row <= lastRow; row++)
      stretchRow(padded, row * stride, columns, rows, row * width);

    const clamped = new Uint8ClampedArray(target.buffer, target.byteOffset, width * height);
    for (let line = 0; line < height; line++) blendRows(rows, width, height, lines, line, clamped);
  };
}

/** For each place along one side of the target: where its four source samples start (in padded pixels), and their weights. */
type Axis = { starts: Int32Array; weights: Int32Array };

function createAxis(length: number): Axis {
  return { starts: new Int32Array(length), weights: new Int32Array(length * TAPS) };
}

function aimAxis({ starts, weights }: Axis, origin: number, zoom: number): void {
  for (let i = 0; i < starts.length; i++) {
    const at = origin + (i + 0.5) / zoom - 0.5;
    const whole = Math.floor(at);
    const t = at - whole;
    starts[i] = Math.min(Math.max(whole - 1 + PAD, 0), starts.length - TAPS + 2 * PAD);
    const w0 = Math.round(WEIGHT_SUM * (-0.5 * t + t * t - 0.5 * t * t * t));
    const w2 = Math.round(WEIGHT_SUM * (0.5 * t + 2 * t * t - 1.5 * t * t * t));
    const w3 = Math.round(WEIGHT_SUM * (-0.5 * t * t + 0.5 * t * t * t));
    weights[i * TAPS] = w0;
    weights[i * TAPS + 1] = WEIGHT_SUM - w0 - w2 - w3;
    weights[i * TAPS + 2] = w2;
    weights[i * TAPS + 3] = w3;
  }
}

function stretchRow(
  padded: Uint8Array,
  from: number,
  { starts, weights }: Axis,
  rows: Int32Array,
  to: number,
): void {
  for (let x = 0, w = 0; x < starts.length; x++, w += TAPS) {
    const at = from + (starts[x] as number);
    rows[to + x] =
      (padded[at] as number) * (weights[w] as number) +
      (padded[at + 1] as number) * (weights[w + 1] as number) +
      (padded[at + 2] as number) * (weights[w + 2] as number) +
      (padded[at + 3] as number) * (weights[w + 3] as number);
  }
}

function blendRows(
  rows: Int32Array,
  width: number,
  height: number,
  { starts, weights }: Axis,
  line: number,
  target: Uint8ClampedArray,
): void {
  const start = (starts[line] as number) - PAD;
  const row0 = clampIndex(start, height) * width;
  const row1 = clampIndex(start + 1, height) * width;
  const row2 = clampIndex(start + 2, height) * width;
  const row3 = clampIndex(start + 3, height) * width;
  const w0 = weights[line * TAPS] as number;
  const w1 = weights[line * TAPS + 1] as number;
  const w2 = weights[line * TAPS + 2] as number;
  const w3 = weights[line * TAPS + 3] as number;
  const half = 2 ** (2 * WEIGHT_BITS - 1);
  for (let x = 0, to = line * width; x < width; x++, to++) {
    const sum =
      (rows[row0 + x] as number) * w0 +
      (rows[row1 + x] as number) * w1 +
      (rows[row2 + x] as number) * w2 +
      (rows[row3 + x] as number) * w3;
    target[to] = (sum + half) >> (2 * WEIGHT_BITS);
  }
}

function clampIndex(index: number, length: number): number {
  return Math.min(Math.max(index, 0), length - 1);
}

function padRows(plane: Uint8Array, width: number, height: number): Uint8Array {
  const stride = width + 2 * PAD;
  const padded = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const row = plane.subarray(y * width, (y + 1) * width);
    padded.fill(row[0] as number, y * stride, y * stride + PAD);
    padded.set(row, y * stride + PAD);
    padded.fill(row[width - 1] as number, y * stride + PAD + width, (y + 1) * stride);
  }
  return padded;
}
