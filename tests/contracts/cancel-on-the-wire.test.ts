import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readUsage } from "@/lib/domain/usage";
import { createEmulator, type Emulator } from "@/lib/emulator/handler";
import { cancelGeneration } from "@/lib/server/generations/cancel-generation";
import type { Fetch } from "@/lib/server/providers/http";
import { openTestStudio, type TestStudio, testMedia } from "@/tests/support/test-studio";
import { OWNER, openWorkshop, TEST_KEY, type TestWorkshop } from "@/tests/support/test-workshop";

let studio: TestStudio;
let emulator: Emulator;
let cancels: string[];

const fetch: Fetch = async (input, init) => {
  const request = new Request(input, init);
  if (new URL(request.url).pathname.endsWith("/cancel")) cancels.push(request.url);
  return emulator.handler(request);
};

beforeEach(async () => {
  studio = await openTestStudio();
  cancels = [];
  emulator = createEmulator({
    dataDir: studio.incoming.pathFor("emulator"),
    media: testMedia(),
    clock: studio.clock,
    timeScale: 1,
    expiryScale: 1,
  });
});
afterEach(async () => {
  await emulator.close();
  await studio.remove();
});

const order = {
  parameters: { prompt: "The boat leaves the pier", resolution: "720P", durationSeconds: 2 },
  shownPrice: { amountMicro: 200_000, currency: "USD" },
} as const;

/** Lets the vendor's minutes pass until the row has ended; the film is really rendered. */
async function followToEnd(shop: TestWorkshop, id: string) {
  return vi.waitFor(
    async () => {
      studio.clock.advance(15_000);
      await shop.advanceDue();
      const generation = await shop.read(id);
      expect(generation.finishedAt).not.toBeNull();
      return generation;
    },
    { timeout: 50_000, interval: 200 },
  );
}

describe("a cancel, through the whole studio and the vendor's wire", () => {
  it("takes back what waits there: no film, and the vendor calls it CANCELED", async () => {
    const shop = openWorkshop(studio, fetch);
    const id = await shop.createOne(order);
    await shop.advanceDue();
    await cancelGeneration(shop.workshop, OWNER, id);
    await shop.advanceDue();
    const ended = await shop.read(id);
    expect(ended).toMatchObject({ state: "cancelled", videoAssetId: null, cancelRefusal: null });
    const provider = shop.workshop.connections.offered[0]?.provider;
    const task = ended.remoteTask as { taskId: string };
    expect(await provider?.check(task, new AbortController().signal)).toMatchObject({ kind: "cancelled" });
    expect(cancels).toHaveLength(1);
  });

  it("is harmless a second time, after a crash that forgot the first answer", async () => {
    const shop = openWorkshop(studio, fetch);
    const id = await shop.createOne(order);
    await shop.advanceDue();
    await cancelGeneration(shop.workshop, OWNER, id);
    const provider = shop.workshop.connections.offered[0]?.provider;
    const task = (await shop.read(id)).remoteTask as { taskId: string };
    expect(await provider?.cancel?.(task, new AbortController().signal)).toBe("cancelled");
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({ state: "cancelled", cancelRefusal: null });
  });

  it("keeps the film of what was begun already, as cancelled, with what was billed", async () => {
    const shop = openWorkshop(studio, fetch);
    const id = await shop.createOne(order);
    await shop.advanceDue();
    studio.clock.advance(20_000);
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({ state: "running", remoteWord: "RUNNING" });
    await cancelGeneration(shop.workshop, OWNER, id);
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({ state: "running", cancelRefusal: "too-late" });
    const ended = await followToEnd(shop, id);
    expect(ended.state).toBe("cancelled");
    const [view] = await studio.generations.toViews([ended]);
    expect(view).toMatchObject({
      cancel: "too-late",
      clip: { durationSeconds: 2 },
      usage: { billedSeconds: 2, resolutionTier: "720P", inputSeconds: 0, outputSeconds: 2 },
    });
    expect(await studio.generations.setDismissed(OWNER, id, true, studio.clock.now())).toBeNull();
    expect(cancels).toHaveLength(1);
  });

  it("keeps the film where the vendor offers no cancel, and sends it nothing", async () => {
    const shop = openWorkshop(studio, fetch, {
      vendor: "aimlapi",
      name: null,
      apiKey: TEST_KEY,
      baseUrl: "https://api.aimlapi.com",
    });
    const id = await shop.createOne({
      parameters: { ...order.parameters, durationSeconds: 5 },
      shownPrice: null,
    });
    await shop.advanceDue();
    await cancelGeneration(shop.workshop, OWNER, id);
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({ state: "running", cancelRefusal: "not-offered" });
    const ended = await followToEnd(shop, id);
    expect(ended).toMatchObject({ state: "cancelled", videoAssetId: expect.any(String) });
    expect(readUsage(ended.usage)).toMatchObject({ by: "credits" });
    expect(cancels).toEqual([]);
  });
});
