import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { GenerationState } from "@/lib/domain/generation";
import { keepLeased, LEASE_MS } from "@/lib/server/generations/lease-keeper";
import { leaseNext, STEPS_MAX } from "@/lib/server/generations/lease-next";
import { startWorker, type Worker } from "@/lib/server/generations/worker";
import { createScriptedVendor } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { openWorkshop } from "@/tests/support/test-workshop";

const SIX_SAVES = Array<"saving">(6).fill("saving");

describe("the worker", () => {
  let worker: Worker | null = null;
  afterEach(() => worker?.stop());

  /** Items that are due, worked on by `work`. */
  function start(due: string[], work: (item: string) => Promise<void>, concurrency = 2) {
    const released: string[] = [];
    const errors: unknown[] = [];
    worker = startWorker<string>({
      lease: async () => due.shift() ?? null,
      work,
      release: async (item) => void released.push(item),
      onError: (error) => errors.push(error),
      concurrency,
      restMs: 60_000,
    });
    return { worker, released, errors };
  }

  it("works on all that is due, and on what becomes due when it is woken", async () => {
    const due = ["a", "b", "c"];
    const done: string[] = [];
    const { worker, released } = start(due, async (item) => void done.push(item));
    await vi.waitFor(() => expect(done.toSorted()).toEqual(["a", "b", "c"]));
    due.push("d");
    worker.wake();
    await vi.waitFor(() => expect(released.toSorted()).toEqual(["a", "b", "c", "d"]));
  });

  it("has no more in hand than it may", async () => {
    let inHand = 0;
    let most = 0;
    const gates: (() => void)[] = [];
    const { released } = start(["a", "b", "c", "d"], async () => {
      inHand += 1;
      most = Math.max(most, inHand);
      await new Promise<void>((resolve) => gates.push(resolve));
      inHand -= 1;
    });
    for (let finished = 0; finished < 4; finished += 1) {
      await vi.waitFor(() => expect(gates.length).toBeGreaterThan(0));
      gates.shift()?.();
    }
    await vi.waitFor(() => expect(released).toHaveLength(4));
    expect(most).toBe(2);
  });

  it("goes on after an error, and keeps the lease of what failed", async () => {
    const { released, errors } = start(["bad", "good"], async (item) => {
      if (item === "bad") throw new Error("broken");
    });
    await vi.waitFor(() => expect(released).toEqual(["good"]));
    expect(errors).toHaveLength(1);
  });

  it("stops only when what is in hand is done", async () => {
    let finish: () => void = () => {};
    let isDone = false;
    const { worker } = start(["a"], async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      isDone = true;
    });
    await vi.waitFor(() => expect(finish).not.toBe(undefined));
    const stopped = worker.stop().then(() => isDone);
    await vi.waitFor(() => finish());
    finish();
    expect(await stopped).toBe(true);
  });
});

describe("a lease", () => {
  let studio: TestStudio;
  beforeEach(async () => {
    studio = await openTestStudio();
  });
  afterEach(() => studio.remove());

  it("is held by one worker only, however many ask at once", async () => {
    const shop = openWorkshop(studio, createScriptedVendor({}).fetch);
    await shop.createOne();
    const takeTen = () =>
      Promise.all(Array.from({ length: 10 }, (_, index) => leaseNext(shop.workshop, `wrk_${index}`)));
    expect((await takeTen()).filter((taken) => taken !== null)).toHaveLength(1);
    // The same where it is under way and no longer waits.
    await studio.db.updateTable("generations").set({ state: "running", lease_until: null }).execute();
    expect((await takeTen()).filter((taken) => taken !== null)).toHaveLength(1);
  });

  it("is renewed while the work goes on", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const shop = openWorkshop(studio, createScriptedVendor({}).fetch);
      const id = await shop.createOne();
      await leaseNext(shop.workshop, "wrk_a");
      await keepLeased(studio.generations, id, "wrk_a", studio.clock.now, async () => {
        studio.clock.advance(LEASE_MS - 1);
        vi.advanceTimersByTime(LEASE_MS - 1);
        await vi.waitFor(async () => {
          const row = await studio.db
            .selectFrom("generations")
            .select("lease_until")
            .executeTakeFirstOrThrow();
          expect(row.lease_until).toBe(studio.clock.now() + LEASE_MS);
        });
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it("of a process full of looks that wait for their turn is for a start", async () => {
    const shop = openWorkshop(studio, createScriptedVendor({}).fetch);
    const running = await Promise.all([shop.createOne(), shop.createOne()]);
    await studio.db.updateTable("generations").set({ state: "running" }).where("id", "in", running).execute();
    await shop.createOne();
    const looks = (count: number) => Array<GenerationState>(count).fill("running");
    const takeOne = async (inHand: GenerationState[]) =>
      (await leaseNext(shop.workshop, "wrk_a", inHand))?.state ?? null;
    expect(await takeOne([...looks(STEPS_MAX - 3), "queued", "queued"])).toBe("running");
    expect(await takeOne(looks(STEPS_MAX - 2))).toBe("queued");
    // Nothing else waits: the place stays free for what comes.
    expect(await takeOne([...looks(STEPS_MAX - 2), "queued"])).toBeNull();
  });

  it("of a process full of downloads that drip is for a look, and for a start while few are on their way", async () => {
    const shop = openWorkshop(studio, createScriptedVendor({}).fetch);
    // Two that wait to be sent.
    await shop.createOne();
    await shop.createOne();
    const saving = await Promise.all(Array.from({ length: 7 }, () => shop.createOne()));
    const running = await shop.createOne();
    await studio.db.updateTable("generations").set({ state: "saving" }).where("id", "in", saving).execute();
    studio.clock.advance(1);
    await studio.db
      .updateTable("generations")
      .set({ state: "running", due_at: studio.clock.now() })
      .where("id", "=", running)
      .execute();
    const inHand: GenerationState[] = [];
    const takeOne = async (beside: readonly GenerationState[]) =>
      (await leaseNext(shop.workshop, "wrk_a", beside))?.state ?? null;
    for (const expected of [...SIX_SAVES, "running", "queued"] as const) {
      expect(await takeOne(inHand)).toBe(expected);
      inHand.push(expected);
    }
    const sixStarts = SIX_SAVES.map(() => "queued" as const);
    expect([await takeOne(sixStarts), await takeOne(sixStarts), await takeOne([])]).toEqual([
      "saving",
      null,
      "queued",
    ]);
  });
});
