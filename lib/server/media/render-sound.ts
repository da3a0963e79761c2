import "./open-film";
import {
  AudioSampleSink,
  FilePathSource,
  Input,
  type InputAudioTrack,
  MP3,
  MP4,
  QTFF,
  WAVE,
} from "mediabunny";
import { AMBIENCE_SAMPLE_RATE, createAmbience } from "./ambience";
import type { FilmToRender, MediaError } from "./media-tasks";
import { readingError } from "./reading-error";
import { createSoundConverter } from "./render-filter";

export const SOUND_SAMPLE_RATE = AMBIENCE_SAMPLE_RATE;

/** A sound that is read from its beginning to its end. */
export type Sound = {
  /** The next `frameCount` frames, interleaved stereo in [-1, 1]; silence after the end. */
  read(frameCount: number): Promise<Float32Array>;
  close?(): Promise<void>;
};

/** The sound that a film asks for; null when it is to have none. */
export async function openFilmSound(film: FilmToRender): Promise<Sound | null> {
  const { kind } = film.sound ?? { kind: "soft" };
  if (kind === "none") return null;
  if (film.sound?.kind === "file") return openFileSound(film.sound.path);
  return createSoftSound(film.seed, film.frameCount / film.framesPerSecond);
}

/** A pad of this length, soft at both ends. */
export function createSoftSound(seed: number, seconds: number): Sound {
  const soundAt = createAmbience(seed, seconds);
  let at = 0;
  return {
    async read(frameCount) {
      at += frameCount;
      return soundAt(at - frameCount, frameCount);
    },
  };
}

/** The one for so many frames, then the other. */
export function joinSounds(first: Sound, firstFrameCount: number, second: Sound): Sound {
  let left = firstFrameCount;
  return {
    async read(frameCount) {
      const fromFirst = Math.min(left, frameCount);
      left -= fromFirst;
      const samples = new Float32Array(frameCount * 2);
      if (fromFirst > 0) {
        samples.set(await first.read(fromFirst));
        if (left === 0) fadeEnd(samples.subarray(0, fromFirst * 2));
      }
      if (fromFirst < frameCount) samples.set(await second.read(frameCount - fromFirst), fromFirst * 2);
      return samples;
    },
    async close() {
      await first.close?.();
      await second.close?.();
    },
  };
}

const FADE_FRAMES = 480;

/** A sound that stops in the middle of a wave clicks. */
function fadeEnd(samples: Float32Array): void {
  const frameCount = samples.length / 2;
  for (let frame = Math.max(0, frameCount - FADE_FRAMES); frame < frameCount; frame++) {
    const gain = (frameCount - frame) / FADE_FRAMES;
    for (const at of [2 * frame, 2 * frame + 1]) samples[at] = (samples[at] as number) * gain;
  }
}

/** The sound of a WAV, MP3, MP4 or MOV, decoded as it is read; null when the file has none. Throws MediaError. */
export async function openFileSound(path: string): Promise<Sound | null> {
  const input = new Input({ source: new FilePathSource(path), formats: [WAVE, MP3, MP4, QTFF] });
  const audio = await input.getPrimaryAudioTrack().catch((cause) => {
    input.dispose();
    throw unreadable(cause);
  });
  if (!audio || !(await audio.canDecode())) {
    input.dispose();
    return null;
  }
  const chunks = decodedChunks(audio);
  let held = new Float32Array(0);
  let isOver = false;
  return {
    async read(frameCount) {
      const samples = new Float32Array(frameCount * 2);
      for (let at = 0; at < samples.length; ) {
        if (held.length === 0) {
          const next = isOver ? null : await chunks.next();
          isOver = next === null || next.done === true;
          if (!next || next.done) break;
          held = next.value;
          continue;
        }
        const part = held.subarray(0, samples.length - at);
        samples.set(part, at);
        held = held.subarray(part.length);
        at += part.length;
      }
      return samples;
    },
    async close() {
      await chunks.return(undefined);
      input.dispose();
    },
  };
}

/** Interleaved stereo at our rate, from the instant 0 on. */
async function* decodedChunks(
  audio: InputAudioTrack,
): AsyncGenerator<Float32Array<ArrayBuffer>, void, undefined> {
  const converter = createSoundConverter(SOUND_SAMPLE_RATE);
  let skipped: number | null = null;
  try {
    for await (const sample of new AudioSampleSink(audio).samples()) {
      skipped ??= Math.round(-sample.timestamp * SOUND_SAMPLE_RATE) * 2;
      if (skipped < 0) {
        yield new Float32Array(-skipped);
        skipped = 0;
      }
      for (const chunk of await converter.convert(sample).finally(() => sample.close())) {
        const dropped = Math.min(skipped, chunk.length);
        skipped -= dropped;
        if (dropped < chunk.length) yield chunk.subarray(dropped);
      }
    }
    yield* await converter.finish();
  } catch (cause) {
    throw unreadable(cause);
  } finally {
    converter.close();
  }
}

function unreadable(cause: unknown): MediaError {
  return readingError(cause, "is damaged: its sound cannot be read");
}
