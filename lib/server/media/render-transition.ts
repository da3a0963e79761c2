import type { TaskContext } from "./media-task-table";
import type { RenderTransition, VideoProbe } from "./media-tasks";
import { createCamera, loadPicture } from "./render-camera";
import { renderFilm, type Scene } from "./render-film";
import { type YuvPicture, yuvOver, yuvSizeBytes } from "./yuv";

/** Renders a way from one picture to another. Throws MediaError, or the signal's reason. */
export function renderTransition(film: RenderTransition, context: TaskContext): Promise<VideoProbe> {
  const scene = async () =>
    createTransition(
      await loadPicture(film.firstPicturePath, film),
      await loadPicture(film.lastPicturePath, film),
      film,
    );
  return renderFilm(film, { scene }, context);
}

// Shares of the film in which only the one or only the other picture is seen.
const FIRST_ALONE = 0.25;
const LAST_ALONE = 0.25;

/**
 * The camera goes into the first picture while it dissolves into the last, out of which a second camera comes. The first
 * frame is all of the first picture and the last frame all of the last.
 */
export function createTransition(
  first: YuvPicture,
  last: YuvPicture,
  move: { frameCount: number; framesPerSecond: number; seed: number },
): Scene {
  const from = createCamera(first, "in", move);
  const to = createCamera(last, "out", { ...move, seed: move.seed + 1 });
  const other = yuvOver(new Uint8Array(yuvSizeBytes(last.width, last.height)), last.width, last.height);
  return {
    draw(frameIndex, into) {
      const share = dissolved(move.frameCount > 1 ? frameIndex / (move.frameCount - 1) : 1);
      if (share === 1) return to.draw(frameIndex, into);
      from.draw(frameIndex, into);
      if (share === 0) return;
      to.draw(frameIndex, other);
      mix(into.y, other.y, share);
      mix(into.u, other.u, share);
      mix(into.v, other.v, share);
    },
  };
}

/** How much of the last picture is seen: eased, so that the dissolve neither begins nor ends with a jerk. */
function dissolved(progress: number): number {
  const at = Math.min(1, Math.max(0, (progress - FIRST_ALONE) / (1 - FIRST_ALONE - LAST_ALONE)));
  return 0.5 - 0.5 * Math.cos(Math.PI * at);
}

function mix(plane: Uint8Array, other: Uint8Array, share: number): void {
  const weight = Math.round(share * 1024);
  for (let at = 0; at < plane.length; at++) {
    const value = plane[at] as number;
    plane[at] = value + ((((other[at] as number) - value) * weight + 512) >> 10);
  }
}
