import { open } from "node:fs/promises";
import { registerMediabunnyServer } from "@mediabunny/server";
import { AudioSampleSink, FilePathSource, Input, type InputAudioTrack, MP3, WAVE } from "mediabunny";
import { type AudioProbe, MediaError, type MediaTasks } from "./media-tasks";
import { readingError } from "./reading-error";

registerMediabunnyServer({ hardwareContext: null });

/** Says what a WAV or MP3 is; decodes all of it, so that a damaged or cut file shows. Throws MediaError. */
export async function probeAudio({ path }: MediaTasks["probe-audio"]["input"]): Promise<AudioProbe> {
  const input = new Input({ source: new FilePathSource(path), formats: [WAVE, MP3] });
  try {
    if (!(await input.canRead())) throw new MediaError("input", "is not a WAV or MP3 sound that can be read");
    const audio = await input.getPrimaryAudioTrack();
    if (!audio) throw new MediaError("input", "has no sound in it");
    if (!(await audio.canDecode())) throw new MediaError("input", "has a sound track that cannot be decoded");
    const isWav = (await input.getFormat()) === WAVE;
    if (isWav) await refuseCutWav(path);
    const durationSeconds = await decodeAll(audio);
    if (durationSeconds === 0) throw new MediaError("input", "has no sound in it");
    return { mediaType: isWav ? "audio/wav" : "audio/mpeg", durationSeconds };
  } catch (cause) {
    throw readingError(cause, "is damaged: its sound cannot be read");
  } finally {
    input.dispose();
  }
}

/** Seconds of sound that are really there, whatever the header claims; whole frames, so that 30 s are not 30.0000001. */
async function decodeAll(audio: InputAudioTrack): Promise<number> {
  const framesByRate = new Map<number, number>();
  for await (const sample of new AudioSampleSink(audio).samples()) {
    const { sampleRate, numberOfFrames } = sample;
    framesByRate.set(sampleRate, (framesByRate.get(sampleRate) ?? 0) + numberOfFrames);
    sample.close();
  }
  return [...framesByRate].reduce((seconds, [rate, frames]) => seconds + frames / rate, 0);
}

/** A WAV says its own length; one written to a pipe says the largest number instead. Readers take what is there. */
async function refuseCutWav(path: string): Promise<void> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(8);
    await file.read(head, 0, head.length, 0);
    const claimedBytes = head.readUInt32LE(4);
    // Some programs count the eight bytes before the number too.
    if (claimedBytes !== 0xffffffff && claimedBytes > (await file.stat()).size) {
      throw new MediaError("input", "is cut off: its sound ends before the length that it claims");
    }
  } finally {
    await file.close();
  }
}
