import { join } from "node:path";
import type { MediaProcess } from "@/lib/server/media/media-process";
import type { FilmToRender, MediaTasks } from "@/lib/server/media/media-tasks";
import { type CheckedRequest, checkRequest } from "./check-request";
import { type FilmSizeRule, filmSize } from "./film-size";
import type { InputRole, OfferedModel } from "./limits";
import { bringInput, checkInput, type InputProbe, type InputReader } from "./read-input";
import type { Film, Task } from "./task";
import { invalidParameter } from "./vendor-error";

/** What is written into every film, so that nobody takes it for the model's work. */
export const CAPTION = "Demo · no AI was used";
/** The vendor's is "AI生成"; there are no Chinese letters here. */
export const WATERMARK = "AI";
const FRAMES_PER_SECOND = 30;

type RenderTask = "render-move" | "render-transition" | "render-continuation";
type Render = { [Name in RenderTask]: { name: Name; input: MediaTasks[Name]["input"] } }[RenderTask];

/** A task whose input is right: what to render, and the film's entry once that is done. */
export type Shot = { render: Render; film: Omit<Film, "renderedAt"> };

type BroughtInput = { path: string; place: string; probe: InputProbe };
type BroughtInputs = Map<InputRole, BroughtInput>;

/** Checks a task as the vendor does right after accepting it. Throws a VendorError with what is wrong. */
export async function prepareShot(
  reader: InputReader,
  task: Task,
  { model, sizeRule }: { model: OfferedModel; sizeRule: FilmSizeRule },
  folder: string,
  signal: AbortSignal,
): Promise<Shot> {
  const request = checkRequest(task, model);
  const inputs: BroughtInputs = new Map();
  for (const wanted of request.inputs) {
    const path = await bringInput(reader, task, folder, wanted, signal);
    const probe = await checkInput(reader.media, path, wanted, signal);
    inputs.set(wanted.limits.role, { path, place: wanted.place, probe });
  }
  const { durationSeconds, resolution, isSilent } = request;
  const clipFrameCount = clipFramesOf(inputs.get("clip"), durationSeconds);
  const fileName = request.hasWatermark ? "film_watermark.mp4" : "film.mp4";
  const film: FilmToRender = {
    ...filmSize(resolution, shapeOf(inputs), sizeRule),
    outputPath: join(folder, fileName),
    frameCount: durationSeconds * FRAMES_PER_SECOND,
    framesPerSecond: FRAMES_PER_SECOND,
    caption: CAPTION,
    ...(request.hasWatermark ? { mark: WATERMARK } : {}),
    seed: request.seed ?? Number.parseInt(task.id.replaceAll("-", "").slice(0, 7), 16),
    sound: soundOf(request, inputs),
  };
  return {
    render: renderOf(film, inputs, clipFrameCount),
    film: {
      fileName,
      durationSeconds,
      clipSeconds: Math.round(clipFrameCount / FRAMES_PER_SECOND),
      hasSound: !isSilent,
      resolution,
    },
  };
}

/** The picture that gives the film its shape: the first frame, or the clip. */
function shapeOf(inputs: BroughtInputs) {
  const size = (inputs.get("clip") ?? inputs.get("firstFrame"))?.probe.size;
  if (!size) throw new Error("a request without a first picture has passed its checks");
  return size;
}

/** How many of the film's frames are the clip's. The length that is asked for is that of the whole film. */
function clipFramesOf(clip: BroughtInput | undefined, durationSeconds: number): number {
  const clipSeconds = clip?.probe.durationSeconds ?? 0;
  const frameCount = Math.round(clipSeconds * FRAMES_PER_SECOND);
  if (frameCount < durationSeconds * FRAMES_PER_SECOND) return frameCount;
  throw invalidParameter(
    `parameters.duration (${durationSeconds} s) is the length of the whole video and must be greater than that of ${clip?.place} (${clipSeconds.toFixed(2)} s).`,
  );
}

function soundOf({ isSilent }: CheckedRequest, inputs: BroughtInputs): NonNullable<FilmToRender["sound"]> {
  if (isSilent) return { kind: "none" };
  const given = inputs.get("sound");
  return given ? { kind: "file", path: given.path } : { kind: "soft" };
}

function renderOf(film: FilmToRender, inputs: BroughtInputs, clipFrameCount: number): Render {
  const [clip, first, last] = [inputs.get("clip"), inputs.get("firstFrame"), inputs.get("lastFrame")];
  if (clip) {
    const input = { ...film, clipPath: clip.path, clipFrameCount, lastPicturePath: last?.path ?? null };
    return { name: "render-continuation", input };
  }
  if (!first) throw new Error("a request without a first picture has passed its checks");
  return last
    ? {
        name: "render-transition",
        input: { ...film, firstPicturePath: first.path, lastPicturePath: last.path },
      }
    : { name: "render-move", input: { ...film, picturePath: first.path } };
}

export async function renderShot(media: MediaProcess, { render }: Shot, signal: AbortSignal): Promise<void> {
  await media.run(render.name, render.input, { signal });
}
