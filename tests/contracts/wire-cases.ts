import { readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { type ConnectionPlace, placeLabel } from "@/lib/domain/connection";
import type { GenerationParameters } from "@/lib/domain/generation";
import { findModel } from "@/lib/domain/models/catalogue";
import type { Mode, Model, Region, SlotName } from "@/lib/domain/models/model";
import { modelAt } from "@/lib/domain/models/offer";
import type { ConnectionEnv } from "@/lib/server/env-connections";
import { TEST_KEY } from "@/tests/support/test-workshop";
import type { CapturedRequest } from "./captured-requests";

/** What a form asks for, and the request that the vendor's documents say it is. */
export type WireCase = {
  name: string;
  regions?: Region[];
  mode: Mode;
  media: SlotName[];
  form: GenerationParameters;
  request: { path: string; headers: Record<string, string>; body: Record<string, unknown> };
};
export type PlacedCase = { model: Model; place: ConnectionPlace; wire: WireCase };

type Fixture = { model: string; cases: WireCase[] };

const FOLDER = "tests/fixtures/wire";
const HOSTS: Record<string, string> = JSON.parse(readFileSync(`${FOLDER}/hosts.json`, "utf8"));
const WORKSPACE = "ws-1";

/** Every case of every fixture, once for each place that it names. Throws where the catalogue has no such offer. */
export const placedCases: PlacedCase[] = readdirSync(`${FOLDER}/create`).flatMap((file) => {
  const fixture: Fixture = JSON.parse(readFileSync(`${FOLDER}/create/${file}`, "utf8"));
  const known = findModel(fixture.model);
  if (!known) throw new Error(`${file}: the catalogue has no ${fixture.model}`);
  return fixture.cases.flatMap((wire) => {
    const places: ConnectionPlace[] = wire.regions
      ? wire.regions.map((region) => ({ vendor: "dashscope", region }))
      : [{ vendor: "aimlapi" }];
    return places.map((place) => {
      const model = modelAt(known, place);
      if (!model) throw new Error(`${file}: ${fixture.model} is not at ${placeLabel(place)}`);
      return { model, place, wire };
    });
  });
});

export function casesOf({ id }: Model, place: ConnectionPlace): WireCase[] {
  return placedCases
    .filter((one) => one.model.id === id && placeLabel(one.place) === placeLabel(place))
    .map(({ wire }) => wire);
}

/** A connection to the place as an operator would set it up, at the vendor's own address. */
export function connectionAt(place: ConnectionPlace): ConnectionEnv {
  if (place.vendor === "aimlapi")
    return { vendor: "aimlapi", name: null, apiKey: TEST_KEY, baseUrl: "https://api.aimlapi.com" };
  const { region } = place;
  // This region has no host that workspaces share.
  const workspaceId = region === "eu-central-1" ? WORKSPACE : null;
  return { vendor: "dashscope", name: null, apiKey: TEST_KEY, region, workspaceId, baseUrl: null };
}

/**
 * Holds a request against its fixture: method, address, every header, and the body, in which each `{slot}` stands for
 * `addresses[slot]`.
 */
export function expectDocumented(
  sent: CapturedRequest | undefined,
  { place, wire }: Pick<PlacedCase, "place" | "wire">,
  addresses: Partial<Record<SlotName, string>>,
): void {
  const host = HOSTS[place.vendor === "aimlapi" ? "aimlapi" : place.region];
  expect(`${sent?.method} ${sent?.url}`).toBe(`POST ${host}${wire.request.path}`);
  const headers = Object.entries(wire.request.headers).map(
    ([name, value]) => [name, value.replace("{key}", TEST_KEY)] as const,
  );
  expect(sent?.headers).toEqual(Object.fromEntries(headers));
  let body = sent?.body.toString() ?? "";
  for (const [slot, address] of Object.entries(addresses)) body = body.replace(address, `{${slot}}`);
  expect(JSON.parse(body)).toEqual(wire.request.body);
}
