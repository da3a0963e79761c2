import { useEffect, useState } from "react";
import { wavePeaks } from "./wave-peaks";

/** Enough to see the beat; the lowest rate that every browser takes. */
const SAMPLE_RATE = 8000;
const PEAKS_PER_SECOND = 40;

const known = new Map<string, Promise<number[] | null>>();

/** The loudness of an audio file over its time, in fine steps; null until it was read, or where the browser cannot. */
export function useWaveform(url: string | null): readonly number[] | null {
  const [peaks, setPeaks] = useState<readonly number[] | null>(null);
  useEffect(() => {
    let isCurrent = true;
    setPeaks(null);
    if (url === null) return;
    const reading = known.get(url) ?? readPeaks(url);
    known.set(url, reading);
    void reading.then((read) => {
      if (isCurrent) setPeaks(read);
    });
    return () => {
      isCurrent = false;
    };
  }, [url]);
  return peaks;
}

async function readPeaks(url: string): Promise<number[] | null> {
  try {
    const bytes = await (await fetch(url)).arrayBuffer();
    const audio = await new OfflineAudioContext(1, 1, SAMPLE_RATE).decodeAudioData(bytes);
    return wavePeaks(audio.getChannelData(0), Math.ceil(audio.duration * PEAKS_PER_SECOND));
  } catch {
    // The lane is drawn without its waveform; whether the file is sound is for the server to say.
    return null;
  }
}
