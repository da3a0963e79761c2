import { describe, expect, it } from "vitest";
import { type MeasuredFile, PADDING_SECONDS, refuseForSlot } from "@/lib/domain/asset";
import { catalogue } from "@/lib/domain/models/catalogue";
import { parametersSchemaFor } from "@/lib/domain/models/generation-input";
import type { Model, Slot, SlotName } from "@/lib/domain/models/model";
import { modelAt, placesOf } from "@/lib/domain/models/offer";

/** Every model as each place has it. */
const offered = catalogue.flatMap((known) =>
  placesOf(known).flatMap((place) => {
    const model = modelAt(known, place);
    return model ? [{ at: `${known.id} at ${"region" in place ? place.region : place.vendor}`, model }] : [];
  }),
);

type Edge = { at: string; slotName: SlotName; slot: Slot; limit: string; file: MeasuredFile; fits: boolean };

/** A file in the middle of everything that the slot allows. */
function middling(slot: Slot): MeasuredFile {
  const side = slot.kind === "audio" ? null : slot.sidePx[0] * 2;
  return {
    kind: slot.kind,
    mediaType: slot.mediaTypes[0] ?? "",
    sizeBytes: 1_000_000,
    width: side,
    height: side,
    durationSeconds: slot.kind === "image" ? null : slot.seconds[0] + 1,
  };
}

/** Both sides of every limit of a slot: just inside, just outside. */
function edgesOf(slot: Slot): Pick<Edge, "limit" | "file" | "fits">[] {
  const file = middling(slot);
  const edge = (limit: string, change: Partial<MeasuredFile>, fits: boolean) => ({
    limit,
    file: { ...file, ...change },
    fits,
  });
  const edges = [
    edge(`${slot.bytesMax} bytes`, { sizeBytes: slot.bytesMax }, true),
    edge(`${slot.bytesMax + 1} bytes`, { sizeBytes: slot.bytesMax + 1 }, false),
    ...slot.mediaTypes.map((mediaType) => edge(mediaType, { mediaType }, true)),
    ...UNTAKEN[slot.kind].map((mediaType) => edge(mediaType, { mediaType }, false)),
  ];
  if (slot.kind !== "audio") {
    const [min, max] = slot.sidePx;
    // A ratio within its own limit, so that only the side can be at fault.
    const [far, near] = [Math.max(min, Math.ceil(max / 4)), Math.min(max, min * 4)];
    edges.push(
      edge(`${min} px wide`, { width: min, height: near }, true),
      edge(`${min - 1} px wide`, { width: min - 1, height: near }, false),
      edge(`${min} px high`, { width: near, height: min }, true),
      edge(`${min - 1} px high`, { width: near, height: min - 1 }, false),
      edge(`${max} px wide`, { width: max, height: far }, true),
      edge(`${max + 1} px wide`, { width: max + 1, height: far }, false),
      edge(`${max} px high`, { width: far, height: max }, true),
      edge(`${max + 1} px high`, { width: far, height: max + 1 }, false),
    );
    const longest = min * (slot.ratioMax ?? Math.floor(max / min));
    edges.push(
      edge(`${longest}:${min}`, { width: longest, height: min }, true),
      edge(`${min}:${longest}`, { width: min, height: longest }, true),
    );
    if (slot.ratioMax !== null) {
      edges.push(
        edge(`${longest + 1}:${min}`, { width: longest + 1, height: min }, false),
        edge(`${min}:${longest + 1}`, { width: min, height: longest + 1 }, false),
      );
    }
  }
  if (slot.kind !== "image") {
    const [min, max] = slot.seconds;
    edges.push(
      edge(`${min} s`, { durationSeconds: min }, true),
      edge(`${min - 0.001} s`, { durationSeconds: min - 0.001 }, false),
      edge(`${max} s`, { durationSeconds: max }, true),
      edge(`${max} s and padding`, { durationSeconds: max + PADDING_SECONDS }, true),
      edge(`${max} s and more`, { durationSeconds: max + PADDING_SECONDS + 0.001 }, false),
    );
  }
  return edges;
}

/** What a slot of each kind is offered and must not take. */
const UNTAKEN: Record<Slot["kind"], readonly string[]> = {
  image: ["image/gif", "image/heic", "image/avif", "image/tiff", "image/svg+xml", "audio/wav", "video/mp4"],
  audio: ["audio/ogg", "audio/flac", "audio/x-m4a", "audio/aac", "image/png", "video/mp4"],
  video: ["video/webm", "video/matroska", "video/vnd.avi", "image/jpeg", "audio/mpeg"],
};

const edges: Edge[] = offered.flatMap(({ at, model }) =>
  (Object.entries(model.slots) as [SlotName, Slot][]).flatMap(([slotName, slot]) =>
    edgesOf(slot).map((edge) => ({ at, slotName, slot, ...edge })),
  ),
);

describe("every limit of every slot, on both sides of its edge", () => {
  it.each(edges)("$at: $slotName of $limit", ({ slotName, slot, file, fits }) => {
    const refusal = refuseForSlot(slotName, slot, { ...file, fileName: "mine" });
    if (fits) expect(refusal).toBeNull();
    else expect(refusal?.message).toMatch(/^“mine” .+\. A .+ (takes|may be|has|lasts) .+\.$/);
  });

  it("says which side of a limit a length is on, however near it is", () => {
    const slot = offered.find(({ model }) => model.slots.firstClip)?.model.slots.firstClip;
    if (!slot) return expect.fail("no model continues a clip");
    const refuse = (durationSeconds: number) =>
      refuseForSlot("firstClip", slot, { ...middling(slot), durationSeconds, fileName: "mine" })?.message;
    expect(refuse(1.996)).toContain("lasts 1.996 s");
    expect(refuse(10.4)).toContain("lasts 10.4 s");
  });
});

type Value = { at: string; model: Model; parameter: string; value: unknown; fits: boolean; says: string };

/** Both sides of every limit of the parameters: the last that is taken, the first that is not. */
function valuesOf({ at, model }: (typeof offered)[number]): Value[] {
  const { prompt, negativePrompt, durationSeconds, seed, resolution, shotType, sound, template } =
    model.parameters;
  const value = (parameter: string, given: unknown, fits: boolean): Value => ({
    at,
    model,
    parameter,
    value: given,
    fits,
    says: String(given).length > 20 ? `${String(given).length} characters` : String(given),
  });
  const lengths = durationSeconds.values;
  return [
    value("prompt", "", true),
    value("prompt", "字".repeat(prompt.charactersMax), true),
    value("prompt", "字".repeat(prompt.charactersMax + 1), false),
    value("negativePrompt", "x".repeat(negativePrompt?.charactersMax ?? 0), true),
    value("negativePrompt", "x".repeat((negativePrompt?.charactersMax ?? 0) + 1), false),
    ...lengths.map((seconds) => value("durationSeconds", seconds, true)),
    value("durationSeconds", Math.min(...lengths) - 1, false),
    value("durationSeconds", Math.max(...lengths) + 1, false),
    value("durationSeconds", Math.min(...lengths) + 0.5, false),
    value("seed", seed?.min, true),
    value("seed", (seed?.min ?? 0) - 1, false),
    value("seed", seed?.max, true),
    value("seed", (seed?.max ?? 0) + 1, false),
    value("seed", 0.5, false),
    ...["480P", "720P", "1080P", "720p", "4K"].map((tier) =>
      value("resolution", tier, (resolution.values as readonly string[]).includes(tier)),
    ),
    ...["single", "multi", "many"].map((shot) =>
      value("shotType", shot, ((shotType?.values ?? []) as readonly string[]).includes(shot)),
    ),
    ...["automatic", "silent", "loud"].map((one) =>
      value("sound", one, ((sound?.values ?? []) as readonly string[]).includes(one)),
    ),
    ...["squish", "melt", "hanfu-1", "none"].map((one) =>
      value("template", one, template?.values.includes(one) ?? false),
    ),
    value("promptExtend", true, true),
    value("promptExtend", "yes", false),
    value("watermark", false, true),
    value("watermark", 1, false),
    value("ratio", "16:9", false),
  ];
}

describe("every limit of every parameter, on both sides of its edge", () => {
  it.each(offered.flatMap(valuesOf))("$at: $parameter of $says", ({ model, parameter, value, fits }) => {
    const { resolution, durationSeconds } = model.parameters;
    const parsed = parametersSchemaFor(model).safeParse({
      prompt: "The boat leaves the pier",
      resolution: resolution.initial,
      durationSeconds: durationSeconds.initial,
      [parameter]: value,
    });
    expect(parsed.success).toBe(fits);
    for (const { path, message } of parsed.error?.issues ?? []) {
      expect(path[0] ?? parameter).toBe(parameter);
      expect(message).toMatch(/\S \S.*\.$/);
    }
  });
});
