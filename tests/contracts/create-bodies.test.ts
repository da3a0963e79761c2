import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConnectionPlace, placeLabel } from "@/lib/domain/connection";
import type { GenerationParameters } from "@/lib/domain/generation";
import { catalogue, findModel } from "@/lib/domain/models/catalogue";
import { parametersSchemaFor, refuseMediaSet } from "@/lib/domain/models/generation-input";
import type { Mode, Model, Region, SlotName } from "@/lib/domain/models/model";
import { modelAt, placesOf } from "@/lib/domain/models/offer";
import type { JobFile } from "@/lib/server/providers/provider";
import { createConnections } from "@/lib/server/providers/registry";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";

type Case = {
  name: string;
  regions?: Region[];
  mode: Mode;
  media: SlotName[];
  form: Record<string, unknown> & { prompt: string };
  request: { path: string; headers: Record<string, string>; body: Record<string, unknown> };
};
type Fixture = { source: string; vendor?: "aimlapi"; model: string; cases: Case[] };
type Cell = { model: Model; place: ConnectionPlace; fixture: Case };

const WIRE = "tests/fixtures/wire";
const KEY = "key-0123456789";
const hosts: Record<string, string> = JSON.parse(readFileSync(`${WIRE}/hosts.json`, "utf8"));

const cells: Cell[] = readdirSync(`${WIRE}/create`).flatMap((file) => {
  const fixture: Fixture = JSON.parse(readFileSync(`${WIRE}/create/${file}`, "utf8"));
  const known = findModel(fixture.model);
  if (!known) throw new Error(`${file}: the catalogue has no ${fixture.model}`);
  return fixture.cases.flatMap((one) => {
    const places: ConnectionPlace[] = one.regions
      ? one.regions.map((region) => ({ vendor: "dashscope", region }))
      : [{ vendor: "aimlapi" }];
    return places.map((place) => {
      const model = modelAt(known, place);
      if (!model) throw new Error(`${file}: ${fixture.model} is not at ${placeLabel(place)}`);
      return { model, place, fixture: one };
    });
  });
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "firstframe-wire-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const TYPES: Record<SlotName, [file: string, mediaType: string]> = {
  firstFrame: ["first.jpg", "image/jpeg"],
  lastFrame: ["last.png", "image/png"],
  drivingAudio: ["voice.mp3", "audio/mpeg"],
  firstClip: ["take.mp4", "video/mp4"],
};

async function fileFor(slot: SlotName): Promise<JobFile> {
  const [name, mediaType] = TYPES[slot];
  const path = join(folder, name);
  await writeFile(path, `the bytes of ${name}`);
  return { path, mediaType, sizeBytes: 20, publicUrl: `https://studio.example/api/media/${name}` };
}

/** Each address that a request may carry, to the name that the fixture gives it. */
function nameOf(place: ConnectionPlace, slot: SlotName): [address: string, name: string] {
  const [name, mediaType] = TYPES[slot];
  const base64 = Buffer.from(`the bytes of ${name}`).toString("base64");
  if (mediaType.startsWith("image/")) return [`data:${mediaType};base64,${base64}`, `{${slot}}`];
  const address =
    place.vendor === "aimlapi" ? `https://studio.example/api/media/${name}` : `oss://uploads/dir/${name}`;
  return [address, `{${slot}}`];
}

function connect(place: ConnectionPlace) {
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
  const { offered } = createConnections({
    connections: [
      place.vendor === "aimlapi"
        ? { vendor: "aimlapi", name: null, apiKey: KEY, baseUrl: "https://api.aimlapi.com" }
        : {
            vendor: "dashscope",
            name: null,
            apiKey: KEY,
            region: place.region,
            workspaceId: place.region === "eu-central-1" ? "ws-1" : null,
            baseUrl: null,
          },
    ],
    fetch: vendor.fetch,
    emulatorFetch: () => Promise.reject(new Error("The demo is not part of this test")),
    now: () => 0,
  });
  const provider = offered[0]?.provider;
  if (!provider) throw new Error("nothing is offered");
  return { vendor, provider };
}

function hostOf(place: ConnectionPlace): string | undefined {
  return hosts[place.vendor === "aimlapi" ? "aimlapi" : place.region];
}

describe.each(cells.map((cell) => [labelOf(cell), cell] as const))(
  "%s",
  (_label, { model, place, fixture }) => {
    it("is a legal form, and goes out as documented", async () => {
      const { mode, form, request } = fixture;
      const parsed = parametersSchemaFor(model).parse(form) as GenerationParameters;
      expect(refuseMediaSet(model, mode, fixture.media, parsed)).toBeNull();
      const media: Partial<Record<SlotName, JobFile>> = {};
      for (const slot of fixture.media) media[slot] = await fileFor(slot);

      const { vendor, provider } = connect(place);
      const signal = new AbortController().signal;
      const job = {
        model,
        place,
        mode,
        media,
        parameters: parsed,
      };
      expect(
        provider.refuseOrder({ media: withNames(media), parameters: form, hasPublicLinks: true }),
      ).toEqual({});
      const task = await provider.start(await provider.prepare(job, signal), signal);
      expect(task.taskId).toBe("t");

      const sent = vendor.sent.at(-1);
      expect(`${sent?.method} ${sent?.url}`).toBe(`POST ${hostOf(place)}${request.path}`);
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, value.replace("{key}", KEY)]),
      );
      expect(sent?.headers).toEqual(headers);
      let body = sent?.body ?? "";
      for (const slot of fixture.media) body = body.replace(...nameOf(place, slot));
      expect(JSON.parse(body)).toEqual(request.body);
      // A file goes up under the model that is to read it, and without the key.
      for (const { url } of vendor.sentTo("/api/v1/uploads")) {
        expect(new URL(url).searchParams.get("model")).toBe(request.body.model);
      }
      for (const { headers } of vendor.sentTo("/bucket")) expect(headers).not.toHaveProperty("authorization");
    });
  },
);

describe("every entry of the catalogue is held by a fixture", () => {
  const offers = catalogue.flatMap((known) =>
    placesOf(known).map((place) => [`${known.id} at ${placeLabel(place)}`, known, place] as const),
  );

  it.each(offers)("%s: each mode, slot, parameter, and edge of its values", (_label, known, place) => {
    const model = modelAt(known, place);
    const held = cells.filter((cell) => cell.model.id === known.id && isSame(cell.place, place));
    for (const [mode, rule] of Object.entries(model?.modes ?? {})) {
      const inMode = held.filter(({ fixture }) => fixture.mode === mode);
      expect(inMode, `no fixture for mode ${mode}`).not.toEqual([]);
      const slots = new Set(inMode.flatMap(({ fixture }) => fixture.media));
      expect([...slots].sort()).toEqual([...rule.needs, ...rule.allows].sort());
    }
    for (const [name, parameter] of Object.entries(model?.parameters ?? {})) {
      const given = new Set(held.map(({ fixture }) => fixture.form[name]));
      given.delete(undefined);
      expect(given.size, `no fixture gives ${name}`).toBeGreaterThan(0);
      const owed =
        parameter.kind === "choice"
          ? parameter.values
          : parameter.kind === "steps"
            ? [parameter.values[0], parameter.values.at(-1)]
            : [];
      for (const value of owed) expect(given, `no fixture gives ${name} ${value}`).toContain(value);
    }
  });
});

function isSame(left: ConnectionPlace, right: ConnectionPlace): boolean {
  return placeLabel(left) === placeLabel(right);
}

function labelOf({ model, place, fixture }: Cell): string {
  return `${model.id}, ${placeLabel(place)}, ${fixture.mode}: ${fixture.name}`;
}

function withNames(media: Partial<Record<SlotName, JobFile>>) {
  return Object.fromEntries(Object.entries(media).map(([slot, file]) => [slot, { ...file, fileName: slot }]));
}
