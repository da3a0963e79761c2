import { expect, vi } from "vitest";
import type { ConnectionPlace } from "@/lib/domain/connection";
import { isTerminal } from "@/lib/domain/generation";
import { createEmulator, type Emulator } from "@/lib/emulator/handler";
import type { Generation } from "@/lib/server/generations/generation";
import { type TestStudio, testMedia } from "@/tests/support/test-studio";
import { OWNER, type TestWorkshop } from "@/tests/support/test-workshop";

/** The vendor of a place, at the vendor's own pace on the studio's clock; one for all orders to it. */
export function emulatorAt(
  { incoming, clock }: TestStudio,
  place: ConnectionPlace,
  known: Map<string, Emulator>,
): Emulator {
  const name = place.vendor === "aimlapi" ? "gateway" : place.region;
  const emulator =
    known.get(name) ??
    createEmulator({
      dataDir: incoming.pathFor(`emulator-${name}`),
      media: testMedia(),
      clock,
      timeScale: 1,
      expiryScale: 1,
      ...(place.vendor === "dashscope" && { region: place.region }),
    });
  known.set(name, emulator);
  return emulator;
}

/** Does each step when it is due until the clip is kept: the vendor's minutes pass, the film is really rendered. */
export async function followToEnd(studio: TestStudio, shop: TestWorkshop, id: string): Promise<Generation> {
  const done = await vi.waitFor(
    async () => {
      await shop.advanceDue();
      const row = await shop.read(id);
      if (!isTerminal(row.state)) studio.clock.advance(15_000);
      expect(isTerminal(row.state), row.state).toBe(true);
      return row;
    },
    { timeout: 110_000, interval: 100 },
  );
  if (done.state !== "succeeded") expect.fail(JSON.stringify(done.failure));
  return done;
}

/** Hands `use` the clip as the studio keeps it. */
export async function withClip<Value>(
  { assets, storage }: TestStudio,
  { videoAssetId }: Generation,
  use: (path: string) => Promise<Value>,
): Promise<Value> {
  const asset = videoAssetId && (await assets.find(OWNER, videoAssetId));
  if (!asset) return expect.fail("the clip is not kept");
  return storage.withLocalFile(asset.blobKey, use);
}
