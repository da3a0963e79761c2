/** Colour between RGB and the limited-range planar 4:2:0 that films use. */

export type YuvMatrix = "bt709" | "bt601";

/** One picture; `u` and `v` have half the width and height, rounded up. Rows are packed without gaps. */
export type YuvPicture = { width: number; height: number; y: Uint8Array; u: Uint8Array; v: Uint8Array };

const LUMA = { bt709: { red: 0.2126, blue: 0.0722 }, bt601: { red: 0.299, blue: 0.114 } };

/** Wraps one buffer of `yuvSizeBytes` as three planes, in the order of I420. */
export function yuvOver(data: Uint8Array, width: number, height: number): YuvPicture {
  const lumaSize = width * height;
  const chromaSize = Math.ceil(width / 2) * Math.ceil(height / 2);
  return {
    width,
    height,
    y: data.subarray(0, lumaSize),
    u: data.subarray(lumaSize, lumaSize + chromaSize),
    v: data.subarray(lumaSize + chromaSize, lumaSize + 2 * chromaSize),
  };
}

/** Bytes of one I420 picture. */
export function yuvSizeBytes(width: number, height: number): number {
  return width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
}

/** From packed 8-bit RGB, three bytes a pixel, to BT.709. Width and height are even. */
export function yuvFromRgb(rgb: Uint8Array, width: number, height: number): YuvPicture {
  const picture = yuvOver(new Uint8Array(yuvSizeBytes(width, height)), width, height);
  const { red, blue } = LUMA.bt709;
  const green = 1 - red - blue;
  const yScale = 219 / 255;
  const uScale = 112 / 255 / (1 - blue);
  const vScale = 112 / 255 / (1 - red);
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      let lumaSum = 0;
      let redSum = 0;
      let blueSum = 0;
      for (let corner = 0; corner < 4; corner++) {
        const at = (y + (corner >> 1)) * width + x + (corner & 1);
        const r = rgb[at * 3] as number;
        const b = rgb[at * 3 + 2] as number;
        const luma = red * r + green * (rgb[at * 3 + 1] as number) + blue * b;
        picture.y[at] = Math.round(16 + yScale * luma);
        lumaSum += luma;
        redSum += r;
        blueSum += b;
      }
      const at = (y / 2) * (width / 2) + x / 2;
      picture.u[at] = Math.round(128 + (uScale * (blueSum - lumaSum)) / 4);
      picture.v[at] = Math.round(128 + (vScale * (redSum - lumaSum)) / 4);
    }
  }
  return picture;
}

/** To packed 8-bit RGB, three bytes a pixel. */
export function rgbFromYuv({ width, height, y, u, v }: YuvPicture, matrix: YuvMatrix): Buffer {
  const { red, blue } = LUMA[matrix];
  const green = 1 - red - blue;
  const rgb = Buffer.allocUnsafe(width * height * 3);
  const clamped = new Uint8ClampedArray(rgb.buffer, rgb.byteOffset, rgb.length);
  const chromaWidth = Math.ceil(width / 2);
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += 3) {
      const chromaAt = (row >> 1) * chromaWidth + (column >> 1);
      const luma = (255 / 219) * ((y[row * width + column] as number) - 16);
      const blueMinus = (255 / 112) * (1 - blue) * ((u[chromaAt] as number) - 128);
      const redMinus = (255 / 112) * (1 - red) * ((v[chromaAt] as number) - 128);
      clamped[to] = luma + redMinus;
      clamped[to + 1] = luma - (red * redMinus + blue * blueMinus) / green;
      clamped[to + 2] = luma + blueMinus;
    }
  }
  return rgb;
}
