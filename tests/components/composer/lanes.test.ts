import { describe, expect, test } from "vitest";
import { audioUse } from "@/components/composer/audio-use";
import { wavePeaks } from "@/components/composer/wave-peaks";
import { continuation, refuseContinuation } from "@/lib/domain/continuation";

describe("the audio lane", () => {
  test("longer audio is used up to the end of the film, and the rest is drawn as cut off", () => {
    expect(audioUse(8.2, 5, 15)).toEqual({
      usedShare: 5 / 15,
      audioShare: 8.2 / 15,
      filmShare: 5 / 15,
      runsPastTrack: false,
      words: "first 5 of 8.2 s used",
    });
  });

  test("shorter audio leaves a silent tail", () => {
    const use = audioUse(3, 5, 15);
    expect(use.words).toBe("3 s of audio, then 2 s of silence");
    expect([use.usedShare, use.filmShare]).toEqual([3 / 15, 5 / 15]);
  });

  test("audio that fits to the ear is used whole, not a hundredth short", () => {
    expect(audioUse(5.02, 5, 15).words).toBe("all 5 s used");
  });

  test("audio longer than any film stays within its lane", () => {
    expect(audioUse(30, 15, 15)).toMatchObject({ audioShare: 1, usedShare: 1, runsPastTrack: true });
  });
});

describe("continuing a clip", () => {
  test("counts the clip into the length, and says that all of it is billed", () => {
    expect(continuation(3, 15, 15)).toEqual({
      clipShare: 0.2,
      newShare: 0.8,
      newSeconds: 12,
      label: "12 new",
      words: "12 new seconds after 3 · all 15 s are billed",
    });
    expect(continuation(4, 5, 15).words).toBe("1 new second after 4 · all 5 s are billed");
  });

  test("is refused where nothing new would fit, with the length that would do", () => {
    const lengths = [2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect(refuseContinuation(3, 4, lengths)).toBeNull();
    expect(refuseContinuation(3, 3, lengths)).toBe(
      "The clip lasts 3 s and counts into the duration: choose 4 s or more.",
    );
    expect(refuseContinuation(8.2, 5, lengths)).toContain("choose 9 s or more");
    expect(refuseContinuation(10, 10, lengths)).toContain("Choose a shorter clip.");
  });

  test("a clip that is short of the film by less than a frame leaves no room for a new one", () => {
    const lengths = [2, 3, 4, 5, 6, 7, 8, 9, 10];
    for (const clipSeconds of [4.99, 4.984, 5, 5.016]) {
      expect(refuseContinuation(clipSeconds, 5, lengths)).toBe(
        "The clip lasts 5 s and counts into the duration: choose 6 s or more.",
      );
      expect(continuation(clipSeconds, 5, 15)).toMatchObject({ newSeconds: 0, newShare: 0 });
    }
    // At 10.02 s the vendor gets the clip's first 10 s; what is asked of it stays longer than either.
    expect(refuseContinuation(9.99, 10, lengths)).toContain("Choose a shorter clip.");
    expect(refuseContinuation(4.97, 5, lengths)).toBeNull();
    expect(continuation(4.97, 5, 15)).toMatchObject({
      label: "1 new frame",
      words: "Only 1 new frame after 5 · all 5 s are billed",
    });
    expect(continuation(4.93, 5, 15).words).toBe("Only 2 new frames after 4.9 · all 5 s are billed");
    expect(continuation(4.01, 5, 15).words).toBe("1 new second after 4 · all 5 s are billed");
  });
});

test("peaks are the loudest of each part, scaled to the loudest of all; silence stays flat", () => {
  expect(wavePeaks(Float32Array.from([0.1, -0.25, 0.5, 0]), 2)).toEqual([0.5, 1]);
  expect(wavePeaks(new Float32Array(4), 2)).toEqual([0, 0]);
});
