import { describe, expect, it } from "vitest";
import { catalogue } from "@/lib/domain/models/catalogue";
import { REGIONS, type SlotName } from "@/lib/domain/models/model";
import { modelAt, siteAt } from "@/lib/domain/models/offer";
import { findModel, type InputRole, modelIds } from "@/lib/emulator/limits";

const ROLES: Record<SlotName, InputRole> = {
  firstFrame: "firstFrame",
  lastFrame: "lastFrame",
  drivingAudio: "sound",
  firstClip: "clip",
};

const cells = catalogue.flatMap((known) =>
  REGIONS.flatMap((region) => {
    const place = { vendor: "dashscope", region } as const;
    const [model, site] = [modelAt(known, place), siteAt(known, place)];
    return model && site ? [[`${known.id} in ${region}`, model, site, region] as const] : [];
  }),
);

// Both tables were typed from the vendor's pages, apart from each other: a slip in one shows against the other.
describe("the studio and the emulator know the same of every model", () => {
  it.each(cells)("%s", (_label, model, site, region) => {
    const there = findModel(site.remoteId, region) ?? expect.fail("the emulator does not offer it there");
    const { parameters, slots } = model;
    expect(there.resolutions.toSorted()).toEqual([...parameters.resolution.values].sort());
    expect(there.durationsSeconds).toEqual(parameters.durationSeconds.values);
    expect(there.promptCharsMax).toBe(parameters.prompt.charactersMax);
    expect(there.negativePromptCharsMax).toBe(parameters.negativePrompt?.charactersMax);
    expect(there.templates.toSorted()).toEqual([...(parameters.template?.values ?? [])].sort());
    expect(there.hasShotType).toBe(parameters.shotType !== undefined);
    // Older clients switch the sound of 2.5 too; the emulator takes that, the studio does not offer it.
    if (parameters.sound) expect(there.sound).toBe("switchable");
    else expect(there.sound === "never").toBe(model.sound === "silent");
    expect([there.submitsPerSecond, there.runningTasksMax]).toEqual([
      site.limits?.submitsPerSecond,
      site.limits?.runningMax,
    ]);
    for (const [name, slot] of Object.entries(slots)) {
      const role = ROLES[name as SlotName];
      const file =
        Object.values(there.files).find((limits) => limits.role === role) ?? expect.fail(`no ${name}`);
      expect(file.mediaTypes.toSorted()).toEqual([...slot.mediaTypes].sort());
      // A megabyte may be 10^6 or 2^20 bytes: the studio keeps to the smaller one.
      expect(file.sizeBytesMax / slot.bytesMax).toBeCloseTo(2 ** 20 / 10 ** 6, 6);
      if (slot.kind !== "image") expect(Object.values(file.durationSeconds ?? {})).toEqual([...slot.seconds]);
      if (slot.kind === "audio") continue;
      expect(Object.values(file.sidePx ?? {})).toEqual([...slot.sidePx]);
      expect(file.ratioMax ?? null).toBe(slot.ratioMax);
    }
  });

  it("there is no model that only one of them knows", () => {
    const remoteIds = cells.map(([, , site]) => site.remoteId);
    expect([...new Set(remoteIds)].sort()).toEqual(modelIds.toSorted());
  });
});
