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
import { AMBIENCE_SAMPLE_RATE, createAmbience } from "./ambience";
import { cameraPath } from "./camera-path";
import { createCaptionPainter } from "./caption";
import { openH264Encoder } from "./h264-encoder";
import type { TaskContext } from "./media-task-table";
import type { MediaTasks, RenderMove, VideoProbe } from "./media-tasks";
import { damageError, openPicture, PICTURE_PIXELS_MAX } from "./open-picture";
import { probeVideo } from "./probe-video";
import { createPlaneResampler } from "./resample-plane";
import { type YuvPicture, yuvFromRgb, yuvOver, yuvSizeBytes } from "./yuv";

const AUDIO_BITRATE = 128_000;
// What an AAC encoder puts before the first sound. The track starts this much before 0, and players skip it.
const AAC_FRAME = 1024;

/**
 * Renders a slow camera move over a picture with a soft sound, exactly `frameCount` frames at a constant rate, and reads
 * the finished film back. Width and height are even. Throws MediaError, or the signal's reason.
 */
export async function renderMove(
  input: MediaTasks["render-move"]["input"],
  { writeWhole, signal }: TaskContext,
): Promise<VideoProbe> {
  const picture = await loadPicture(input);
  return writeWhole(input.outputPath, async (temporaryPath) => {
    await writeFilm(input, picture, temporaryPath, signal);
    return probeVideo({ path: temporaryPath });
  });
}

async function loadPicture({ picturePath, width, height }: RenderMove): Promise<YuvPicture> {
  const picture = await openPicture(picturePath, PICTURE_PIXELS_MAX);
  const rgb = await picture
    .pipeline()
    .flatten({ background: "#ffffff" })
    .removeAlpha()
    .resize(width, height, { fit: "cover", kernel: "lanczos3" })
    .raw()
    .toBuffer()
    .catch((cause) => {
      throw damageError(cause);
    });
  return yuvFromRgb(rgb, width, height);
}

async function writeFilm(
  film: RenderMove,
  picture: YuvPicture,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const { frameCount, framesPerSecond } = film;
  const durationSeconds = frameCount / framesPerSecond;
  const encoder = await openH264Encoder(film);
  const video = new EncodedVideoPacketSource("avc");
  const audio = new AudioSampleSource({ codec: "aac", bitrate: AUDIO_BITRATE });
  const output = new Output({
    format: new Mp4OutputFormat({ fastStart: "reserve" }),
    target: new FilePathTarget(path),
  });
  output.addVideoTrack(video, { frameRate: framesPerSecond, maximumPacketCount: frameCount });
  output.addAudioTrack(audio, {
    maximumPacketCount: Math.ceil((durationSeconds * AMBIENCE_SAMPLE_RATE) / AAC_FRAME) + 2,
  });
  const keep = async (packets: EncodedPacket[]) => {
    for (const packet of packets) await video.add(packet, { decoderConfig: encoder.decoderConfig });
  };
  let encoding: Promise<EncodedPacket[]> = Promise.resolve([]);
  try {
    await output.start();
    const drawFrame = createFramePainter(film, picture);
    const playSecond = createSoundWriter(film, audio);
    for (let index = 0; index < frameCount; index++) {
      signal.throwIfAborted();
      if (index % framesPerSecond === 0) await playSecond(index / framesPerSecond);
      // One picture is drawn while the one before is encoded.
      const drawn = drawFrame(index);
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
function createFramePainter(film: RenderMove, picture: YuvPicture): (frameIndex: number) => Buffer {
  const { width, height } = film;
  const windowAt = cameraPath(film);
  const drawLuma = createPlaneResampler(picture.y, width, height);
  const drawBlue = createPlaneResampler(picture.u, width / 2, height / 2);
  const drawRed = createPlaneResampler(picture.v, width / 2, height / 2);
  const paintCaption = createCaptionPainter(film, film.caption);
  const data = Buffer.alloc(yuvSizeBytes(width, height));
  const frame = yuvOver(data, width, height);
  return (frameIndex) => {
    const window = windowAt(frameIndex);
    const chromaWindow = { left: window.left / 2, top: window.top / 2, zoom: window.zoom };
    drawLuma(window, frame.y);
    drawBlue(chromaWindow, frame.u);
    drawRed(chromaWindow, frame.v);
    paintCaption(frame);
    return data;
  };
}

function createSoundWriter(film: RenderMove, audio: AudioSampleSource): (second: number) => Promise<void> {
  const durationSeconds = film.frameCount / film.framesPerSecond;
  const soundAt = createAmbience(film.seed, durationSeconds);
  const frameCount = Math.round(durationSeconds * AMBIENCE_SAMPLE_RATE);
  return async (second) => {
    const start = second * AMBIENCE_SAMPLE_RATE;
    const sample = new AudioSample({
      data: soundAt(start, Math.min(AMBIENCE_SAMPLE_RATE, frameCount - start)),
      format: "f32",
      numberOfChannels: 2,
      sampleRate: AMBIENCE_SAMPLE_RATE,
      timestamp: (start - AAC_FRAME) / AMBIENCE_SAMPLE_RATE,
    });
    await audio.add(sample);
    sample.close();
  };
}
