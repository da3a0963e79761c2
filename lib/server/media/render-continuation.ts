import "./open-film";
import { FilePathSource, Input, MP4, QTFF, type VideoSample, VideoSampleSink } from "mediabunny";
import type { TaskContext } from "./media-task-table";
import { MediaError, type RenderContinuation, type VideoProbe } from "./media-tasks";
import { readingError } from "./reading-error";
import { createCamera, loadPicture } from "./render-camera";
import { renderFilm, type Scene } from "./render-film";
import { createPictureConverter } from "./render-filter";
import { createSoftSound, joinSounds, openFileSound, SOUND_SAMPLE_RATE, type Sound } from "./render-sound";
import { createTransition } from "./render-transition";
import { type YuvPicture, yuvOver, yuvSizeBytes } from "./yuv";

/** Renders a clip and what may come after it. Throws MediaError, or the signal's reason. */
export function renderContinuation(film: RenderContinuation, context: TaskContext): Promise<VideoProbe> {
  return renderFilm(film, { scene: () => openScene(film), sound: () => openSound(film) }, context);
}

async function openScene(film: RenderContinuation): Promise<Scene> {
  const last = film.lastPicturePath === null ? null : await loadPicture(film.lastPicturePath, film);
  const clip = await openClip(film);
  const shown = yuvOver(new Uint8Array(yuvSizeBytes(film.width, film.height)), film.width, film.height);
  let rest: Scene | null = null;
  return {
    async draw(frameIndex, into) {
      if (frameIndex < film.clipFrameCount) {
        await clip.next(shown);
        for (const plane of ["y", "u", "v"] as const) into[plane].set(shown[plane]);
        return;
      }
      rest ??= goOn(film, shown, last);
      // The clip's last picture has been seen: the way on begins one step after it.
      await rest.draw(frameIndex - film.clipFrameCount + 1, into);
    },
    close: () => clip.close(),
  };
}

function goOn(film: RenderContinuation, from: YuvPicture, last: YuvPicture | null): Scene {
  const { framesPerSecond, seed } = film;
  const move = { framesPerSecond, seed, frameCount: film.frameCount - film.clipFrameCount + 1 };
  return last ? createTransition(from, last, move) : createCamera(from, "in", move);
}

/** The clip at the film's rate: each of its pictures as long as it is shown there. */
async function openClip({ clipPath, clipFrameCount, framesPerSecond, ...film }: RenderContinuation) {
  const input = new Input({ source: new FilePathSource(clipPath), formats: [MP4, QTFF] });
  try {
    const video = await input.getPrimaryVideoTrack();
    if (!video) throw new MediaError("input", "has no picture track");
    const start = await video.getFirstTimestamp();
    const instants = Array.from(
      { length: clipFrameCount },
      (_, index) => start + (index + 0.5) / framesPerSecond,
    );
    const samples = new VideoSampleSink(video).samplesAtTimestamps(instants);
    const converter = createPictureConverter(film);
    return {
      async next(into: YuvPicture): Promise<void> {
        const sample = await nextSample(samples);
        // A gap goes on showing what was there before.
        if (sample) await converter.convert(sample, into).finally(() => sample.close());
      },
      async close(): Promise<void> {
        await samples.return();
        converter.close();
        input.dispose();
      },
    };
  } catch (cause) {
    input.dispose();
    throw cause;
  }
}

async function nextSample(
  samples: AsyncGenerator<VideoSample | null, void, unknown>,
): Promise<VideoSample | null> {
  try {
    return (await samples.next()).value ?? null;
  } catch (cause) {
    throw readingError(cause, "is damaged: its pictures cannot be read");
  }
}

/** The clip's own sound, silence if it has none, and then a soft one. */
async function openSound(film: RenderContinuation): Promise<Sound | null> {
  if (film.sound?.kind === "none") return null;
  const { frameCount, clipFrameCount, framesPerSecond, seed } = film;
  const own = (await openFileSound(film.clipPath)) ?? SILENCE;
  const soft = createSoftSound(seed, (frameCount - clipFrameCount) / framesPerSecond);
  return joinSounds(own, Math.round((clipFrameCount / framesPerSecond) * SOUND_SAMPLE_RATE), soft);
}

const SILENCE: Sound = { read: async (frameCount) => new Float32Array(frameCount * 2) };
