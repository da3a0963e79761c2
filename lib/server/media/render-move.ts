import type { TaskContext } from "./media-task-table";
import type { RenderMove, VideoProbe } from "./media-tasks";
import { createCamera, loadPicture } from "./render-camera";
import { renderFilm } from "./render-film";

/** Renders a slow camera move over a picture. Throws MediaError, or the signal's reason. */
export function renderMove(film: RenderMove, context: TaskContext): Promise<VideoProbe> {
  const scene = async () => createCamera(await loadPicture(film.picturePath, film), "in", film);
  return renderFilm(film, { scene }, context);
}
