import { join } from "node:path";
import type { MediaProcess } from "@/lib/server/media/media-process";
import type { ImageProbe, RenderMove } from "@/lib/server/media/media-tasks";
import { checkRequest } from "./check-request";
import { filmSize } from "./film-size";
import type { Model } from "./limits";
import { bringInput, checkInput, type InputReader } from "./read-input";
import type { Film, Task } from "./task";
import { invalidParameter } from "./vendor-error";

/** What is written into every film, so that nobody takes it for the model's work. */
export const CAPTION = "Demo · no AI was used";
const FRAMES_PER_SECOND = 30;

/** A task whose input is right: what to render, and the film's entry once that is done. */
export type Shot = { render: RenderMove; film: Omit<Film, "renderedAt"> };

/** Checks a task as the vendor does right after accepting it. Throws a VendorError with what is wrong. */
export async function prepareShot(
  reader: InputReader,
  task: Task,
  model: Model,
  folder: string,
  signal: AbortSignal,
): Promise<Shot> {
  const request = checkRequest(task, model);
  const pictures = new Map<string, { path: string; probe: ImageProbe }>();
  for (const { type, url, place } of request.media) {
    const limits = model.media[type];
    if (!limits) throw new Error(`no limits for ${type}`);
    const path = await bringInput(reader, task, folder, { url, place, limits, signal });
    const probe = await checkInput(reader.media, path, place, limits, signal);
    if (probe) pictures.set(type, { path, probe });
  }
  const firstFrame = pictures.get("first_frame");
  if (!firstFrame || request.media.length > 1) throw notYetEmulated(request.media.map(({ type }) => type));

  const { durationSeconds, resolution } = request;
  const fileName = request.hasWatermark ? "film_watermark.mp4" : "film.mp4";
  return {
    render: {
      ...filmSize(resolution, firstFrame.probe),
      picturePath: firstFrame.path,
      outputPath: join(folder, fileName),
      frameCount: durationSeconds * FRAMES_PER_SECOND,
      framesPerSecond: FRAMES_PER_SECOND,
      caption: CAPTION,
      seed: request.seed ?? Number.parseInt(task.id.replaceAll("-", "").slice(0, 7), 16),
    },
    film: { fileName, durationSeconds, resolution },
  };
}

/** The one place that says which legal requests have no film yet. */
function notYetEmulated(types: string[]) {
  return invalidParameter(`This combination is not yet emulated: ${types.join(" + ")}.`);
}

export async function renderShot(media: MediaProcess, { render }: Shot, signal: AbortSignal): Promise<void> {
  await media.run("render-move", render, { signal });
}
