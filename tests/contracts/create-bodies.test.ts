import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { placeLabel } from "@/lib/domain/connection";
import { catalogue } from "@/lib/domain/models/catalogue";
import { refuseMediaSet } from "@/lib/domain/models/generation-input";
import type { ModeRule, Parameter, SlotName } from "@/lib/domain/models/model";
import { modelAt, placesOf, siteAt } from "@/lib/domain/models/offer";
import { createMediaLinks } from "@/lib/server/assets/media-links";
import { submitGeneration } from "@/lib/server/generations/submit-generation";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { openWorkshop } from "@/tests/support/test-workshop";
import { captureRequests } from "./captured-requests";
import { addressesOf, press, type StoredInputs, storeInputs } from "./stored-inputs";
import { casesOf, connectionAt, expectDocumented, type PlacedCase, placedCases } from "./wire-cases";

let studio: TestStudio;
let inputs: StoredInputs;

beforeAll(async () => {
  studio = await openTestStudio();
  inputs = await storeInputs(studio);
});
afterAll(() => studio.remove());
// A vendor runs a few at once: each case begins with nothing under way.
afterEach(() => studio.db.deleteFrom("generations").execute());

/** A vendor that takes everything. */
function openVendor() {
  const vendor = createScriptedVendor({
    "GET /api/v1/uploads": [
      json(200, {
        data: {
          policy: "p",
          signature: "s",
          upload_dir: "uploads/dir",
          upload_host: "https://93.184.216.34/bucket",
          oss_access_key_id: "id",
          x_oss_object_acl: "private",
          x_oss_forbid_overwrite: "true",
        },
      }),
    ],
    "POST /bucket": [new Response(null, { status: 200 })],
    "POST /api/v1/services": [
      json(200, { request_id: "r", output: { task_id: "t", task_status: "PENDING" } }),
    ],
    "POST /v2/video/generations": [json(200, { id: "t", status: "queued" })],
  });
  return captureRequests((request) => vendor.fetch(request));
}

describe.each(placedCases.map((placed) => [labelOf(placed), placed] as const))("%s", (_label, placed) => {
  it("is a form that is taken, a row in the database, and the request that is documented", async () => {
    const { model, place, wire } = placed;
    const vendor = openVendor();
    const { clock } = studio;
    clock.advance(1_000);
    const publicUrl = "https://studio.example";
    const mediaLinks = createMediaLinks({ publicUrl, reach: "public", secret: () => "s", clock });
    // Only the gateway has no store of its own to read a sound from.
    const desk = place.vendor === "aimlapi" ? { ...studio, mediaLinks } : studio;
    const shop = openWorkshop(desk, vendor.fetch, connectionAt(place));

    const { id } = await press(shop, inputs, { model, place, ...wire });
    expect(vendor.captured, "nothing goes out before the row is there").toEqual([]);
    const stored = (await shop.lease()) ?? expect.fail("no row is due");
    expect(stored.id).toBe(id);
    await submitGeneration(shop.workshop, stored);

    expect(await shop.read(id)).toMatchObject({ state: "running", remoteTask: { taskId: "t" } });
    expect(vendor.starts()).toHaveLength(1);
    const remoteId = siteAt(model, place)?.remoteId;
    expectDocumented(
      vendor.starts()[0],
      placed,
      await addressesOf(shop, inputs, wire.media, vendor, remoteId),
    );
  });
});

describe("every entry of the catalogue is held by a fixture", () => {
  const offers = catalogue.flatMap((known) =>
    placesOf(known).map((place) => [`${known.id} at ${placeLabel(place)}`, known, place] as const),
  );

  it.each(offers)(
    "%s: each legal set of media, each parameter, each edge of its values",
    (_label, known, place) => {
      const model = modelAt(known, place) ?? expect.fail("it is not there");
      const held = casesOf(known, place);
      for (const [mode, rule] of Object.entries(model.modes)) {
        const given = held.filter((wire) => wire.mode === mode).map(({ media }) => setName(media));
        for (const set of legalSets(rule)) expect(given, `no fixture for ${mode}`).toContain(setName(set));
      }
      for (const [name, parameter] of Object.entries(model.parameters)) {
        const given = new Set(
          held.map(({ form }) => new Map<string, unknown>(Object.entries(form)).get(name)),
        );
        given.delete(undefined);
        expect(given.size, `no fixture gives ${name}`).toBeGreaterThan(0);
        for (const value of owedValues(parameter))
          expect(given, `no fixture gives ${name} ${value}`).toContain(value);
      }
    },
  );

  it("and no fixture asks for a set that its model refuses", () => {
    for (const { model, wire } of placedCases)
      expect(refuseMediaSet(model, wire.mode, wire.media, wire.form)).toBeNull();
  });
});

/** Each choice, each edge of a run of numbers, on and off. */
function owedValues(parameter: Parameter): unknown[] {
  if (parameter.kind === "choice") return [...parameter.values];
  if (parameter.kind === "steps") return [parameter.values[0], parameter.values.at(-1)];
  if (parameter.kind === "toggle") return [true, false];
  if (parameter.kind === "optional-integer") return [parameter.min, parameter.max];
  return [];
}

/** What a mode needs, with each selection of what it allows. */
function legalSets({ needs, allows }: ModeRule): SlotName[][] {
  let sets: SlotName[][] = [[...needs]];
  for (const slot of allows) sets = sets.flatMap((set) => [set, [...set, slot]]);
  return sets;
}

function setName(slots: readonly SlotName[]): string {
  return [...slots].sort().join(" + ");
}

function labelOf({ model, place, wire }: PlacedCase): string {
  return `${model.id}, ${placeLabel(place)}, ${wire.mode}: ${wire.name}`;
}
