import { describe, expect, it } from "vitest";
import { catalogue } from "@/lib/domain/models/catalogue";
import { models } from "@/lib/emulator/limits";

const WIRE_NAMES = {
  firstFrame: "first_frame",
  lastFrame: "last_frame",
  drivingAudio: "driving_audio",
  firstClip: "first_clip",
} as const;

// Both tables were typed from the vendor's pages, apart from each other: a slip in one shows against the other.
describe("the studio sends nothing that the emulator refuses", () => {
  for (const model of catalogue) {
    it(`with ${model.label}`, () => {
      const limits =
        models[model.offers.dashscope?.remoteId ?? ""] ?? expect.fail("the emulator does not know it");
      const { parameters, slots } = model;
      expect(limits.resolutions).toEqual(parameters.resolution.values);
      expect(limits.durationSeconds.min).toBe(parameters.durationSeconds.values[0]);
      expect(limits.durationSeconds.max).toBe(parameters.durationSeconds.values.at(-1));
      expect(limits.promptCharsMax).toBe(parameters.prompt.charactersMax);
      expect(limits.negativePromptCharsMax).toBe(parameters.negativePrompt?.charactersMax);
      for (const [name, slot] of Object.entries(slots)) {
        const there = limits.media[WIRE_NAMES[name as keyof typeof WIRE_NAMES]] ?? expect.fail(`no ${name}`);
        expect(there.mediaTypes.toSorted()).toEqual([...slot.mediaTypes].sort());
        expect(there.sizeBytesMax).toBeGreaterThanOrEqual(slot.bytesMax);
        if (slot.kind === "audio") continue;
        expect([there.sidePx?.min, there.sidePx?.max]).toEqual([...slot.sidePx]);
        expect(there.ratioMax).toBe(slot.ratioMax);
      }
    });
  }
});
