import { randomFrom } from "./seeded-random";

export const AMBIENCE_SAMPLE_RATE = 48_000;

/** Makes `frameCount` frames from `startFrame` on, as interleaved stereo samples in [-1, 1]. */
export type Ambience = (startFrame: number, frameCount: number) => Float32Array;

const FADE_SECONDS = 1.2;
const PEAK = 0.16;
const ROOTS_HZ = [110, 116.54, 130.81, 146.83, 164.81];
// Open fifths, a ninth and a third above: a chord that neither wants to resolve nor saddens.
const CHORD = [1, 1.5, 2, 2.25, 2.5, 3];

type Voice = {
  hz: number;
  gain: number;
  phases: [number, number];
  detune: number;
  swell: { hz: number; phase: number };
};

/**
 * A soft pad for a film of this length: slowly swelling sines, a little different left and right, faded in and out.
 * The same seed sounds the same. About -22 dBFS.
 */
export function createAmbience(seed: number, durationSeconds: number): Ambience {
  const random = randomFrom(seed ^ 0x5eed);
  const root = ROOTS_HZ[Math.floor(random() * ROOTS_HZ.length)] as number;
  const voices: Voice[] = CHORD.map((ratio, index) => ({
    hz: root * ratio,
    gain: 1 / (1 + index * 0.55),
    phases: [random(), random()],
    detune: 0.15 + 0.25 * random(),
    swell: { hz: 0.05 + 0.12 * random(), phase: random() },
  }));
  const gainSum = voices.reduce((sum, { gain }) => sum + gain, 0);
  const totalFrames = Math.round(durationSeconds * AMBIENCE_SAMPLE_RATE);

  return (startFrame, frameCount) => {
    const samples = new Float32Array(frameCount * 2);
    for (let i = 0; i < frameCount; i++) {
      const frame = startFrame + i;
      const level = (PEAK / gainSum) * 2 * fadeAt(frame, totalFrames);
      if (level === 0) continue;
      for (const voice of voices) addVoice(samples, i, frame / AMBIENCE_SAMPLE_RATE, voice, level);
    }
    return samples;
  };
}

function addVoice(samples: Float32Array, index: number, seconds: number, voice: Voice, level: number): void {
  const swell = 0.65 + 0.35 * Math.sin(2 * Math.PI * (voice.swell.hz * seconds + voice.swell.phase));
  const gain = level * voice.gain * swell;
  const left = Math.sin(2 * Math.PI * (voice.hz * seconds + voice.phases[0]));
  const right = Math.sin(2 * Math.PI * ((voice.hz + voice.detune) * seconds + voice.phases[1]));
  samples[index * 2] = (samples[index * 2] as number) + gain * left;
  samples[index * 2 + 1] = (samples[index * 2 + 1] as number) + gain * right;
}

/** 0 outside the film, and smooth at both ends, where a step would click. */
function fadeAt(frame: number, totalFrames: number): number {
  const fadeFrames = Math.min(FADE_SECONDS * AMBIENCE_SAMPLE_RATE, totalFrames / 3);
  const fromEdge = Math.min(frame, totalFrames - 1 - frame);
  if (fromEdge <= 0) return 0;
  return fromEdge >= fadeFrames ? 1 : 0.5 - 0.5 * Math.cos((Math.PI * fromEdge) / fadeFrames);
}
