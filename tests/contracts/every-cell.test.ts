import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConnectionPlace, placeLabel } from "@/lib/domain/connection";
import { catalogue } from "@/lib/domain/models/catalogue";
import type { Mode, Model } from "@/lib/domain/models/model";
import { modelAt, placesOf, siteAt } from "@/lib/domain/models/offer";
import { predictOutputSize } from "@/lib/domain/models/output-size";
import type { Emulator } from "@/lib/emulator/handler";
import { openTestStudio, type TestStudio, testMedia } from "@/tests/support/test-studio";
import { openWorkshop } from "@/tests/support/test-workshop";
import { captureRequests } from "./captured-requests";
import { emulatorAt, followToEnd, withClip } from "./on-the-emulator";
import { addressesOf, CLIP_SECONDS, PICTURE, press, type StoredInputs, storeInputs } from "./stored-inputs";
import { casesOf, connectionAt, expectDocumented, type WireCase } from "./wire-cases";

const FPS = 30;

type Cell = { model: Model; mode: Mode; place: ConnectionPlace };
const cells: Cell[] = catalogue.flatMap((known) =>
  placesOf(known).flatMap((place) => {
    const model = modelAt(known, place);
    return model ? (Object.keys(model.modes) as Mode[]).map((mode) => ({ model, mode, place })) : [];
  }),
);

let studio: TestStudio;
let inputs: StoredInputs;
const emulators = new Map<string, Emulator>();

beforeAll(async () => {
  studio = await openTestStudio();
  inputs = await storeInputs(studio);
});
afterAll(async () => {
  await Promise.all([...emulators.values()].map((emulator) => emulator.close()));
  await studio.remove();
});

/** The fixture of the cell's cheapest film: nothing given that need not be, the lowest tier, the shortest length. */
function leastOf({ model, mode, place }: Cell): WireCase {
  const { resolution, durationSeconds } = model.parameters;
  // A continuation is longer than its clip.
  const shortest = durationSeconds.values.find((value) => mode !== "continue" || value > CLIP_SECONDS);
  const least = casesOf(model, place).find(
    ({ media, form, ...wire }) =>
      wire.mode === mode &&
      media.length === model.modes[mode]?.needs.length &&
      form.resolution === resolution.values[0] &&
      form.durationSeconds === shortest,
  );
  return least ?? expect.fail(`no fixture is ${resolution.values[0]} and ${shortest} s`);
}

describe("every model, in every mode and place, at its lowest tier and shortest length", () => {
  it.each(cells.map((cell) => [`${cell.model.id}, ${cell.mode}, ${placeLabel(cell.place)}`, cell] as const))(
    "%s is ordered as documented, and its film has the promised size, length and sound",
    async (_label, cell) => {
      const { model, place } = cell;
      const wire = leastOf(cell);
      const emulator = emulatorAt(studio, place, emulators);
      const vendor = captureRequests(emulator.handler);
      const shop = openWorkshop(studio, vendor.fetch, connectionAt(place));
      const { id } = await press(shop, inputs, { model, place, ...wire });
      const done = await followToEnd(studio, shop, id);

      expect(vendor.starts()).toHaveLength(1);
      const remoteId = siteAt(model, place)?.remoteId;
      const addresses = await addressesOf(shop, inputs, wire.media, vendor, remoteId);
      expectDocumented(vendor.starts()[0], { place, wire }, addresses);
      const isSilent = wire.form.sound === "silent" || model.sound === "silent";
      expect(await withClip(studio, done, (path) => testMedia().run("probe-video", { path }))).toMatchObject({
        ...predictOutputSize(wire.form.resolution, PICTURE),
        frameCount: FPS * wire.form.durationSeconds,
        framesPerSecond: FPS,
        audioCodec: isSilent ? null : "aac",
      });
    },
  );
});
