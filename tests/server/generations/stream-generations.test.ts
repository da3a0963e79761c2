import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGeneration } from "@/lib/server/generations/create-generation";
import { type StreamItem, streamGenerations } from "@/lib/server/generations/stream-generations";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop, type TestWorkshop } from "@/tests/support/test-workshop";

let studio: TestStudio;
let shop: TestWorkshop;
let closers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  studio = await openTestStudio();
  const vendor = createScriptedVendor({
    "POST /api/v1/": [json(200, { output: { task_id: "t", task_status: "PENDING" } })],
    "GET /api/v1/": [json(200, { output: { task_status: "RUNNING" } })],
  });
  shop = openWorkshop(studio, vendor.fetch);
});
afterEach(async () => {
  await Promise.all(closers.map((close) => close()));
  closers = [];
  await studio.remove();
});

function open(after: number | null, ownerId = OWNER) {
  const stop = new AbortController();
  const stream = streamGenerations({ ...studio, ownerId, after, pingMs: 60_000, signal: stop.signal });
  const close = async () => {
    stop.abort();
    await stream.return(undefined);
  };
  closers.push(close);
  return {
    close,
    async take<Type extends StreamItem["type"]>(type: Type): Promise<Extract<StreamItem, { type: Type }>> {
      const { value } = await stream.next();
      expect(value?.type).toBe(type);
      return value as Extract<StreamItem, { type: Type }>;
    },
    async takeUntil(isLast: (item: Extract<StreamItem, { type: "generation" }>) => boolean) {
      const items = [];
      for (;;) {
        const item = await this.take("generation");
        items.push(item);
        if (isLast(item)) return items;
      }
    },
  };
}

describe("an open page", () => {
  it("gets a snapshot, then each change of its owner's, and nobody else's", async () => {
    const first = await shop.createOne();
    const stream = open(null);
    const { page, id } = await stream.take("snapshot");
    expect(page.generations.map((view) => view.id)).toEqual([first]);
    expect(id).toBe(page.highWaterId);

    const theirs = await shop.uploadPicture("usr_b");
    await createGeneration(shop.workshop, "usr_b", shop.order({ media: { firstFrame: theirs } }));
    const second = await shop.createOne();
    const { view } = await stream.take("generation");
    expect(view).toMatchObject({ id: second, state: "queued" });
  });

  it("is told of a look, without an id, so that a reconnect does not start from it", async () => {
    const generation = await shop.createOne();
    await shop.advanceDue();
    const { highWaterId } = (await open(null).take("snapshot")).page;
    const stream = open(highWaterId);
    const taken = stream.take("generation");
    studio.clock.advance(15_000);
    await shop.advanceDue();
    const { id, view } = await taken;
    expect(id).toBeNull();
    expect(view).toMatchObject({ id: generation, remoteWord: "RUNNING", lastCheckedAt: studio.clock.now() });
  });

  it("that comes back after an event id misses nothing that happened meanwhile", async () => {
    const generation = await shop.createOne();
    const before = open(null);
    const { id: lastSeen } = await before.take("snapshot");
    await before.close();

    await shop.advanceDue();
    const other = await shop.createOne();
    const items = await open(lastSeen).takeUntil(({ view }) => view.id === other);
    expect(items.map(({ view }) => [view.id, view.state])).toEqual([
      [generation, "running"],
      [other, "queued"],
    ]);
    const ids = items.map(({ id }) => id ?? 0);
    expect(ids).toEqual([...ids].sort((left, right) => left - right));
    expect(Math.min(...ids)).toBeGreaterThan(lastSeen);
  });

  it("that reads slowly is told the newest state, not every state there was", async () => {
    const stream = open(null);
    await stream.take("snapshot");
    const generation = await shop.createOne();
    await shop.advanceDue();
    for (let look = 0; look < 50; look += 1) {
      studio.clock.advance(15_000);
      await shop.advanceDue();
    }
    const { view } = await stream.take("generation");
    expect(view).toEqual((await studio.generations.toViews([await shop.read(generation)]))[0]);
  });

  it("shares its reads with the other pages that hear of the same change, and still misses none", async () => {
    let reads = 0;
    const { listEvents } = studio.generations;
    studio.generations.listEvents = (...of) => {
      reads += 1;
      return listEvents(...of);
    };
    const pages = Array.from({ length: 100 }, () => open(null));
    for (const page of pages) await page.take("snapshot");
    const told = pages.map((page) => page.takeUntil(({ view }) => view.state === "running"));
    await shop.createOne();
    await shop.advanceDue();
    for (const items of await Promise.all(told)) expect(items.at(-1)?.view.state).toBe("running");
    expect(reads).toBeLessThan(30);
  });

  it("that was away for longer than events are kept gets everything anew, and one that was not goes on", async () => {
    const generation = await shop.createOne();
    const { id: lastSeen } = await open(null).take("snapshot");
    await shop.advanceDue();
    const pruned = await studio.generations.lastEventId(OWNER);
    studio.clock.advance(1);
    expect(await studio.generations.pruneEvents(studio.clock.now())).toBeGreaterThan(0);

    const { page, id } = await open(lastSeen).take("snapshot");
    expect(page.generations).toMatchObject([{ id: generation, state: "running" }]);
    expect(id).toBe(pruned);
    const stream = open(pruned);
    const next = await shop.createOne();
    expect((await stream.take("generation")).view).toMatchObject({ id: next, state: "queued" });
  });

  it("ends when the server stops", async () => {
    const stream = open(null);
    await stream.take("snapshot");
    await stream.close();
  });
});
