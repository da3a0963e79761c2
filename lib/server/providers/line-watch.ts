export type LineLimits = { silenceMsMax: number; windowMs: number; windowBytesMin: number; tryMsMax: number };

/**
 * What a line may do to one try, so that none holds a worker's hand for ever. A try that is cut off loses nothing where the
 * file can be gone on with; where it cannot, the next begins anew, and so an honest slow line has to pass: 20 kB/s is ten
 * times the least, and brings 430 MB in the time of a try.
 */
const LIMITS: LineLimits = {
  silenceMsMax: 60_000,
  windowMs: 5 * 60_000,
  windowBytesMin: 600_000,
  tryMsMax: 6 * 3_600_000,
};

export type LineWatch = {
  /** Aborts, with an error in words as its reason, where the line is silent, or too slow, or takes too long. */
  signal: AbortSignal;
  heard(sizeBytes: number): void;
  close(): void;
};

/** Watches one try from now on; the first word is awaited no longer than any other. */
export function watchLine(change: Partial<LineLimits>): LineWatch {
  const { silenceMsMax, windowMs, windowBytesMin, tryMsMax } = { ...LIMITS, ...change };
  const broken = new AbortController();
  let windowBytes = 0;
  const breakFor = (words: string) => broken.abort(new Error(words));
  const silence = setTimeout(
    () => breakFor(`No byte of the finished file came for ${silenceMsMax / 1000} s`),
    silenceMsMax,
  );
  const slowness = setInterval(() => {
    if (windowBytes < windowBytesMin)
      breakFor(`The finished file comes too slowly: ${windowBytes} bytes in ${windowMs / 1000} s`);
    windowBytes = 0;
  }, windowMs);
  const length = setTimeout(
    () => breakFor(`The finished file was still coming after ${tryMsMax / 1000} s`),
    tryMsMax,
  );
  return {
    signal: broken.signal,
    heard(sizeBytes) {
      windowBytes += sizeBytes;
      silence.refresh();
    },
    close() {
      clearTimeout(silence);
      clearInterval(slowness);
      clearTimeout(length);
    },
  };
}
