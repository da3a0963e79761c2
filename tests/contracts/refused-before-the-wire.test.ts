import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConnectionPlace, placeLabel } from "@/lib/domain/connection";
import { isAppError } from "@/lib/domain/errors";
import type { GenerationParameters } from "@/lib/domain/generation";
import { catalogue } from "@/lib/domain/models/catalogue";
import { MODES, type Mode, type Model, REGIONS, SLOT_NAMES, type SlotName } from "@/lib/domain/models/model";
import { modelAt, placesOf } from "@/lib/domain/models/offer";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { openWorkshop } from "@/tests/support/test-workshop";
import { captureRequests } from "./captured-requests";
import { press, type StoredInputs, storeInputs } from "./stored-inputs";
import { casesOf, connectionAt, type WireCase } from "./wire-cases";

let studio: TestStudio;
let inputs: StoredInputs;
const network = captureRequests(() => Promise.reject(new Error("nothing may go out")));

beforeAll(async () => {
  studio = await openTestStudio();
  inputs = await storeInputs(studio);
});
afterAll(() => studio.remove());

type Order = { mode: Mode; media: SlotName[]; form: GenerationParameters & Record<string, unknown> };

/** Why the order is refused; it fails where the order is taken, and where anything of it goes out or is kept. */
async function refusalOf(model: Model, place: ConnectionPlace, order: Order) {
  const shop = openWorkshop(studio, network.fetch, connectionAt(place));
  const error = await press(shop, inputs, { model, place, ...order }).then(
    () => expect.fail(`taken: ${order.mode} of ${order.media.join(" + ")}, ${JSON.stringify(order.form)}`),
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw error;
  expect(await shop.lease(), "a row was kept").toBeNull();
  expect(network.captured).toEqual([]);
  expect(error.message).toMatch(/^[A-Z“].*[.!]$/);
  return error;
}

const PLACES: ConnectionPlace[] = [
  ...REGIONS.map((region) => ({ vendor: "dashscope", region }) as const),
  { vendor: "aimlapi" },
];
const offers = catalogue.flatMap((known) =>
  placesOf(known).map((place) => {
    const model = modelAt(known, place) ?? expect.fail("it is not there");
    return [`${known.id} at ${placeLabel(place)}`, model, place, leastOf(model, place)] as const;
  }),
);

/** A documented order of the model with the fewest files. */
function leastOf(model: Model, place: ConnectionPlace): WireCase {
  const [least] = casesOf(model, place).toSorted((a, b) => a.media.length - b.media.length);
  return least ?? expect.fail(`no fixture for ${model.id}`);
}

const setName = (slots: readonly SlotName[]) => [...slots].sort().join(" + ");
const everySet = SLOT_NAMES.reduce<SlotName[][]>(
  (sets, slot) => sets.flatMap((set) => [set, [...set, slot]]),
  [[]],
);

describe("refused before anything goes out or is kept", () => {
  it.each(offers)(
    "%s: every set of media that no document has, in every mode",
    async (_label, model, place) => {
      const documented = casesOf(model, place);
      let refusedCount = 0;
      for (const mode of MODES) {
        const inMode = documented.filter((wire) => wire.mode === mode);
        const legal = inMode.map(({ media }) => setName(media));
        const form = (inMode[0] ?? documented[0])?.form ?? expect.fail("no fixture");
        for (const media of everySet.filter((set) => !legal.includes(setName(set)))) {
          const { fields } = await refusalOf(model, place, { mode, media, form: { ...form } });
          expect(Object.keys(fields ?? {}).length).toBeGreaterThan(0);
          refusedCount += 1;
        }
      }
      const legalCount = new Set(documented.map(({ mode, media }) => `${mode} ${setName(media)}`)).size;
      expect(refusedCount).toBe(everySet.length * MODES.length - legalCount);
    },
  );

  it.each(offers)(
    "%s: every parameter that it does not take, by name",
    async (_label, model, place, least) => {
      const foreign: Record<string, unknown> = {
        negativePrompt: "blur",
        shotType: "single",
        sound: "automatic",
        template: "squish",
        seed: 1,
        promptExtend: true,
        watermark: true,
        cameraFixed: true,
      };
      for (const [name, value] of Object.entries(foreign).filter(([name]) => !(name in model.parameters))) {
        const { message } = await refusalOf(model, place, {
          ...least,
          form: { ...least.form, [name]: value },
        });
        expect(message).toContain(`“${name}”`);
      }
    },
  );

  it.each(offers)("%s: every value beyond its own", async (_label, model, place, least) => {
    const { durationSeconds, resolution, prompt } = model.parameters;
    const wrong: [name: string, value: unknown][] = [
      ...["480P", "720P", "1080P", "4K", "720p"]
        .filter((tier) => !resolution.values.some((value) => value === tier))
        .map((tier): [string, unknown] => ["resolution", tier]),
      ...[0, 1, 2, 3, 4, 5, 6, 7, 10, 15, 16, 5.5, "5"]
        .filter((length) => !durationSeconds.values.some((value) => value === length))
        .map((length): [string, unknown] => ["durationSeconds", length]),
      ["prompt", "x".repeat(prompt.charactersMax + 1)],
      ["prompt", 7],
      ["prompt", undefined],
      ["negativePrompt", "x".repeat(501)],
      ["seed", -1],
      ["seed", 2_147_483_648],
      ["seed", 0.5],
      ["watermark", "no"],
      ["promptExtend", 1],
    ];
    for (const [name, value] of wrong) {
      const { fields } = await refusalOf(model, place, { ...least, form: { ...least.form, [name]: value } });
      expect(Object.keys(fields ?? {})).toContain(name);
    }
  });

  const elsewhere = catalogue.flatMap((known) =>
    PLACES.filter((place) => !modelAt(known, place)).map(
      (place) => [`${known.id} at ${placeLabel(place)}`, known, place] as const,
    ),
  );
  it.each(elsewhere)("%s: a model of another place, and where it is", async (_label, known, place) => {
    const [home] = placesOf(known);
    if (!home) throw new Error("a model of no place");
    const { code, message } = await refusalOf(known, place, { ...leastOf(known, home) });
    expect(code).toBe("model-not-offered");
    for (const there of placesOf(known)) expect(message).toContain(placeLabel(there));
  });
});
