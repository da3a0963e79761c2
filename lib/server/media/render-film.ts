import "./open-film";
import {
  AudioSample,
  AudioSampleSource,
  type EncodedPacket,
  EncodedVideoPacketSource,
  FilePathTarget,
  Mp4OutputFormat,
  Output,
} from "mediabunny";
import { createCaptionPainter, createMarkPainter } from "./caption";
import { openH264Encoder } from "./h264-encoder";
import type { TaskContext } from "./media-task-table";
import type { FilmToRender, VideoProbe } from "./media-tasks";
import { probeVideo } from "./probe-video";
import { openFilmSound, SOUND_SAMPLE_RATE, type Sound } from "./render-sound";
import { type YuvPicture, yuvOver, yuvSizeBytes } from "./yuv";

/** What a film shows: draws one picture after the other, each over the one before. */
export type Scene = {
  draw(frameIndex: number, into: YuvPicture): void | Promise<void>;
  close?(): Promise<void>;
};

const AUDIO_BITRATE = 128_000;
// What an AAC encoder puts before the first sound. The track starts this much before 0, and players skip it.
const AAC_FRAME = 1024;

/**
 * Renders exactly `frameCount` frames at a constant rate, with sound or without, and reads the finished film back. One
 * picture and one second of sound are held at a time. Width and height are even. Throws MediaError, or the signal's reason.
 */
export async function renderFilm(
  film: FilmToRender,
  parts: { scene: () => Promise<Scene>; sound?: () => Promise<Sound | null> },
  { writeWhole, signal }: TaskContext,
): Promise<VideoProbe> {
  const scene = await parts.scene();
  try {
    const sound = await (parts.sound ?? (() => openFilmSound(film)))();
    try {
      return await writeWhole(film.outputPath, async (temporaryPath) => {
        await writeFilm(film, scene, sound, temporaryPath, signal);
        return probeVideo({ path: temporaryPath });
      });
    } finally {
      await sound?.close?.();
    }
  } finally {
    await scene.close?.();
  }
}

async function writeFilm(
  film: FilmToRender,
  scene: Scene,
  sound: Sound | null,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const { frameCount, framesPerSecond } = film;
  const encoder = await openH264Encoder(film);
  const video = new EncodedVideoPacketSource("avc");
  const output = new Output({
    format: new Mp4OutputFormat({ fastStart: "reserve" }),
    target: new FilePathTarget(path),
  });
  output.addVideoTrack(video, { frameRate: framesPerSecond, maximumPacketCount: frameCount });
  const playSecond = sound ? addSoundTrack(output, film, sound) : async () => {};
  const keep = async (packets: EncodedPacket[]) => {
    for (const packet of packets) await video.add(packet, { decoderConfig: encoder.decoderConfig });
  };
  let encoding: Promise<EncodedPacket[]> = Promise.resolve([]);
  try {
    await output.start();
    const drawFrame = createFramePainter(film, scene);
    for (let index = 0; index < frameCount; index++) {
      signal.throwIfAborted();
      if (index % framesPerSecond === 0) await playSecond();
      // One picture is drawn while the one before is encoded.
      const drawn = await drawFrame(index);
      await keep(await encoding);
      encoding = encoder.encode(drawn);
    }
    await keep(await encoding);
    await keep(await encoder.finish());
    await output.finalize();
  } catch (cause) {
    await output.cancel();
    throw cause;
  } finally {
    await encoding.catch(() => {});
    encoder.close();
  }
}

/** Each picture is drawn into the same buffer. */
function createFramePainter(film: FilmToRender, scene: Scene): (frameIndex: number) => Promise<Buffer> {
  const { width, height } = film;
  const paintCaption = createCaptionPainter(film, film.caption);
  const paintMark = createMarkPainter(film, film.mark ?? "", film.caption);
  const data = Buffer.alloc(yuvSizeBytes(width, height));
  const frame = yuvOver(data, width, height);
  return async (frameIndex) => {
    await scene.draw(frameIndex, frame);
    paintCaption(frame);
    paintMark(frame);
    return data;
  };
}

function addSoundTrack(output: Output, film: FilmToRender, sound: Sound): () => Promise<void> {
  const frameCount = Math.round((film.frameCount / film.framesPerSecond) * SOUND_SAMPLE_RATE);
  const audio = new AudioSampleSource({ codec: "aac", bitrate: AUDIO_BITRATE });
  output.addAudioTrack(audio, { maximumPacketCount: Math.ceil(frameCount / AAC_FRAME) + 2 });
  let start = 0;
  return async () => {
    const data = await sound.read(Math.min(SOUND_SAMPLE_RATE, frameCount - start));
    const sample = new AudioSample({
      data,
      format: "f32",
      numberOfChannels: 2,
      sampleRate: SOUND_SAMPLE_RATE,
      timestamp: (start - AAC_FRAME) / SOUND_SAMPLE_RATE,
    });
    start += data.length / 2;
    await audio.add(sample);
    sample.close();
  };
}
