import { GLYPH_HEIGHT_DOTS, GLYPH_WIDTH_DOTS, hasDot } from "./bitmap-font";
import type { PixelSize } from "./media-tasks";
import type { YuvPicture } from "./yuv";

export type Rectangle = { left: number; top: number; width: number; height: number };

const PITCH_DOTS = GLYPH_WIDTH_DOTS + 1;
const PADDING_DOTS = 3;
const MARGIN_DOTS = 6;

const INK_LUMA = 224;
const PAPER_LUMA = 24;
const PAPER_OPACITY = 0.62;
const GREY_CHROMA = 128;

/**
 * Where the caption is drawn in a film of this size: the lower left corner (the vendor marks the lower right one).
 * Even numbers, so that it covers whole chroma samples. Nothing outside this rectangle is touched.
 */
export function captionRegion(film: PixelSize, caption: string): Rectangle {
  const dot = dotSizePx(film, caption);
  const width = evenAtLeast((caption.length * PITCH_DOTS - 1 + 2 * PADDING_DOTS) * dot);
  const height = evenAtLeast((GLYPH_HEIGHT_DOTS + 2 * PADDING_DOTS) * dot);
  const margin = evenAtLeast(MARGIN_DOTS * dot);
  return {
    left: Math.max(0, Math.min(margin, film.width - width)),
    top: Math.max(0, film.height - height - margin),
    width: Math.min(width, film.width),
    height: Math.min(height, film.height),
  };
}

/**
 * Where a mark is drawn: the lower right corner, where vendors have theirs; above the caption where a narrow film leaves
 * no room beside it.
 */
export function markRegion(film: PixelSize, mark: string, caption: string): Rectangle {
  const beside = captionRegion(film, mark);
  const under = captionRegion(film, caption);
  const left = Math.max(0, film.width - beside.left - beside.width);
  const isFree = caption === "" || left >= under.left + under.width;
  const top = isFree ? beside.top : Math.max(0, under.top - beside.height - 2);
  return { ...beside, left: left - (left % 2), top };
}

/** Prepares the caption once and returns what draws it into each picture of the film. */
export function createCaptionPainter(film: PixelSize, caption: string): (picture: YuvPicture) => void {
  return createPainter(caption, captionRegion(film, caption), dotSizePx(film, caption));
}

/** The same for a mark. */
export function createMarkPainter(
  film: PixelSize,
  mark: string,
  caption: string,
): (picture: YuvPicture) => void {
  return createPainter(mark, markRegion(film, mark, caption), dotSizePx(film, mark));
}

function createPainter(text: string, region: Rectangle, dot: number): (picture: YuvPicture) => void {
  const ink = inkOf(text, region, dot);
  return (picture) => {
    if (text === "") return;
    for (let row = 0; row < region.height; row++) {
      const from = (region.top + row) * picture.width + region.left;
      for (let column = 0; column < region.width; column++) {
        const luma = picture.y[from + column] as number;
        const isInk = ink[row * region.width + column] === 1;
        picture.y[from + column] = isInk ? INK_LUMA : luma + (PAPER_LUMA - luma) * PAPER_OPACITY;
      }
    }
    for (const plane of [picture.u, picture.v]) fadeChroma(plane, picture.width / 2, region);
  };
}

function fadeChroma(plane: Uint8Array, stride: number, region: Rectangle): void {
  for (let row = 0; row < region.height / 2; row++) {
    const from = (region.top / 2 + row) * stride + region.left / 2;
    for (let column = 0; column < region.width / 2; column++) {
      const chroma = plane[from + column] as number;
      plane[from + column] = Math.round(chroma + (GREY_CHROMA - chroma) * PAPER_OPACITY);
    }
  }
}

function inkOf(caption: string, region: Rectangle, dot: number): Uint8Array {
  const ink = new Uint8Array(region.width * region.height);
  for (let row = 0; row < region.height; row++) {
    for (let column = 0; column < region.width; column++) {
      const across = Math.floor(column / dot) - PADDING_DOTS;
      const down = Math.floor(row / dot) - PADDING_DOTS;
      const character = caption[Math.floor(across / PITCH_DOTS)];
      const isCell = across >= 0 && down >= 0 && down < GLYPH_HEIGHT_DOTS && character !== undefined;
      const glyphColumn = across % PITCH_DOTS;
      if (isCell && glyphColumn < GLYPH_WIDTH_DOTS && hasDot(character, glyphColumn, down)) {
        ink[row * region.width + column] = 1;
      }
    }
  }
  return ink;
}

/** Whole pixels a dot, so that letters are crisp; as large as suits the film and fits its width. */
function dotSizePx({ width, height }: PixelSize, caption: string): number {
  const wanted = Math.max(1, Math.round(Math.min(width, height) / 400));
  const widthDots = caption.length * PITCH_DOTS + 2 * (PADDING_DOTS + MARGIN_DOTS);
  return Math.max(1, Math.min(wanted, Math.floor(width / widthDots)));
}

function evenAtLeast(px: number): number {
  return Math.ceil(px / 2) * 2;
}
