import { join } from "node:path";
import Libsql from "libsql";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "@/lib/domain/errors";
import { STRAY_AFTER_MS, sweepStrayBlobs } from "@/lib/server/assets/sweep-stray-blobs";
import type { Generation } from "@/lib/server/generations/generation";
import { sweepSpool } from "@/lib/server/generations/sweep-spool";
import { finishedWith, makeTestFilm, vendorWithResult } from "@/tests/support/finished-clip";
import { connectionError } from "@/tests/support/scripted-vendor";
import { testServerUrl } from "@/tests/support/test-database";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop } from "@/tests/support/test-workshop";

const HOUR_MS = 3_600_000;
const ETAG = '"0123456789ABCDEF0123456789ABCDEF"';
const DEAD = new Promise<never>(() => {});
let film: Buffer;
let studio: TestStudio;

beforeAll(async () => {
  film = await makeTestFilm();
});
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

const whole = () => new Response(new Uint8Array(film), { headers: { etag: ETAG } });

async function expectSaved(id: string, at: TestStudio = studio): Promise<void> {
  const row = await at.generations.find(id);
  expect(row).toMatchObject({ state: "succeeded", failure: null });
  const video = await at.assets.find(OWNER, row?.videoAssetId ?? "");
  expect(await at.storage.stat(video?.blobKey ?? "")).toEqual({ sizeBytes: film.length });
  expect((await at.listFiles()).filter((name) => name.startsWith("incoming"))).toEqual([]);
}

/** What a new process finds and does, once the dead one's lease has run out. */
async function restart(vendor: ReturnType<typeof vendorWithResult>) {
  const { dataDir, clock } = studio;
  await studio.close();
  studio = await openTestStudio(dataDir);
  studio.clock.set(clock.now() + 60_000);
  const shop = openWorkshop(studio, vendor.fetch);
  await shop.advanceDue();
  return shop;
}

/** A process that dies where `die` never comes back: what it has done by then is done, and it does no more. */
async function dyingAt(arrange: (die: () => Promise<never>) => void) {
  const vendor = vendorWithResult(studio, whole);
  let died: () => void = () => {};
  const death = new Promise<void>((resolve) => {
    died = resolve;
  });
  const first = openWorkshop(studio, vendor.fetch);
  const id = await first.createOne();
  await first.advanceDue();
  studio.clock.advance(15_000);
  await first.step(await first.lease());
  arrange(() => {
    died();
    return DEAD;
  });
  const dying = openWorkshop(studio, vendor.fetch);
  void dying.step(await dying.lease());
  await death;
  return { vendor, id };
}

describe("a process that dies while it stores a clip", () => {
  it.each([1, 2, 3, 4])(
    "after %i of its four files has not called it done, and the next one stores it from its own disk",
    async (count) => {
      const { vendor, id } = await dyingAt((die) => {
        const { storage } = studio;
        let puts = 0;
        studio.storage = {
          ...storage,
          async put(key, path) {
            await storage.put(key, path);
            puts += 1;
            if (puts === count) await die();
          },
        };
      });
      expect(await studio.generations.find(id)).toMatchObject({ state: "saving", videoAssetId: null });
      await restart(vendor);
      await expectSaved(id);
      expect(vendor.sentTo("/x.mp4")).toHaveLength(1);
    },
  );

  it("has every file in storage before it writes that the clip is done", async () => {
    let filesAtThatTime: string[] = [];
    const { vendor, id } = await dyingAt((die) => {
      const { generations, listFiles } = studio;
      studio.generations = {
        ...generations,
        async applyEvent() {
          filesAtThatTime = (await listFiles()).filter((name) => name.startsWith("storage"));
          return die();
        },
      };
    });
    // The first frame and its preview, the clip and its poster with theirs.
    expect(filesAtThatTime).toHaveLength(6);
    await restart(vendor);
    await expectSaved(id);
  });

  it("just after the row was done leaves nothing but a spool that is swept", async () => {
    const { vendor, id } = await dyingAt((die) => {
      const { generations } = studio;
      studio.generations = {
        ...generations,
        async applyEvent(generation, event) {
          await generations.applyEvent(generation, event);
          return die();
        },
      };
    });
    await restart(vendor);
    expect(await sweepSpool(studio)).toBe(1);
    await expectSaved(id);
  });

  it("in the middle of the download has the rest fetched by the next, and nothing twice", async () => {
    const half = Math.floor(film.length / 2);
    const cut = new Response(new Uint8Array(film.subarray(0, half)), {
      headers: { etag: ETAG, "content-length": String(film.length) },
    });
    const rest = new Response(new Uint8Array(film.subarray(half)), {
      status: 206,
      headers: { etag: ETAG, "content-range": `bytes ${half}-${film.length - 1}/${film.length}` },
    });
    const { vendor, id } = await finishedWith(studio, cut, rest);
    await restart(vendor);
    await expectSaved(id);
    expect(vendor.sentTo("/x.mp4")[1]?.headers).toMatchObject({ range: `bytes=${half}-`, "if-range": ETAG });
  });
});

describe("a clip that cannot be kept for now", () => {
  it.each<[string, () => Error, string]>([
    [
      "the storage is down",
      () =>
        new AppError("unavailable", "The studio's file storage does not answer just now. Nothing is lost."),
      "The studio's file storage does not answer just now",
    ],
    [
      "the disk is full",
      () =>
        Object.assign(new Error("ENOSPC: no space left on device, mkdir"), { code: "ENOSPC", errno: -28 }),
      "This server's disk is full",
    ],
    [
      "the disk is read-only",
      () => Object.assign(new Error("EROFS: read-only file system, rename"), { code: "EROFS", errno: -30 }),
      "This server's disk does not do what it is asked (EROFS)",
    ],
    ["of something unforeseen", () => new Error("boom"), "The finished clip is not stored yet"],
  ])(
    "because %s waits past the vendor's window, says so, and is stored without the vendor",
    async (_name, error, title) => {
      const { storage } = studio;
      let isDown = true;
      studio.storage = {
        ...storage,
        put: (key, path) =>
          isDown && key.endsWith(".mp4") ? Promise.reject(error()) : storage.put(key, path),
      };
      const { vendor, shop, id } = await finishedWith(studio, whole, new Response("gone", { status: 404 }));
      for (const waitMs of [60_000, HOUR_MS, 30 * HOUR_MS]) {
        studio.clock.advance(waitMs);
        await shop.advanceDue();
        expect(await shop.read(id)).toMatchObject({
          state: "saving",
          failure: { title, charged: "yes", explanation: expect.stringContaining("It is not lost") },
        });
      }
      isDown = false;
      studio.clock.advance(60_000);
      await shop.advanceDue();
      await expectSaved(id);
      expect(vendor.sentTo("/x.mp4")).toHaveLength(1);
    },
  );

  it.skipIf(testServerUrl)(
    "because another program holds the database is stored when it lets go",
    async () => {
      const other = new Libsql(join(studio.dataDir, "firstframe.sqlite"));
      const { storage } = studio;
      let isLocked = false;
      studio.storage = {
        ...storage,
        async put(key, path) {
          await storage.put(key, path);
          if (!key.endsWith(".mp4") || isLocked) return;
          isLocked = true;
          other.exec("begin immediate");
          setTimeout(() => other.exec("commit"), 300);
        },
      };
      const { vendor, id } = await finishedWith(studio, whole);
      expect(isLocked).toBe(true);
      await expectSaved(id);
      expect(vendor.sentTo("/x.mp4")).toHaveLength(1);
      other.close();
    },
  );

  it("because the machine slept between its files and its row is stored once more, not called done without them", async () => {
    const { storage } = studio;
    let slept = 0;
    studio.storage = {
      ...storage,
      async put(key, path) {
        await storage.put(key, path);
        if (!key.endsWith(".mp4") || slept > 0) return;
        studio.clock.advance(STRAY_AFTER_MS + 1);
        slept = await sweepStrayBlobs(studio);
      },
    };
    const { vendor, shop, id } = await finishedWith(studio, whole);
    expect(slept).toBeGreaterThan(0);
    expect((await shop.read(id)).state).toBe("saving");
    studio.clock.advance(60_000);
    await shop.advanceDue();
    await expectSaved(id);
    expect(vendor.sentTo("/x.mp4")).toHaveLength(1);
  });

  it("because the vendor sends a web page says that", async () => {
    const page = new Response("<!doctype html><title>Busy</title>", { headers: { etag: ETAG } });
    const { shop, id } = await finishedWith(studio, page, whole);
    expect(await shop.read(id)).toMatchObject({
      state: "saving",
      failure: { title: "The vendor sent a web page" },
    });
    studio.clock.advance(60_000);
    await shop.advanceDue();
    await expectSaved(id);
  });
});

describe("an order", () => {
  it("waits while the storage is down, for a whole night, and says so", async () => {
    const vendor = vendorWithResult(studio, whole);
    const { storage } = studio;
    let isDown = false;
    const words = "The studio's file storage does not answer just now. Nothing is lost.";
    studio.storage = {
      ...storage,
      stat: (key) => (isDown ? Promise.reject(new AppError("unavailable", words)) : storage.stat(key)),
    };
    const shop = openWorkshop(studio, vendor.fetch);
    const id = await shop.createOne();
    isDown = true;
    for (let tries = 0; tries < 130; tries += 1) {
      await shop.advanceDue();
      studio.clock.advance(60_000);
    }
    expect(await shop.read(id)).toMatchObject({
      state: "queued",
      failure: { title: "The studio's file storage does not answer just now", charged: "no" },
    });
    isDown = false;
    await shop.advanceDue();
    expect((await shop.read(id)).state).toBe("running");
    expect(vendor.sentTo("/api/v1/services")).toHaveLength(1);
  });

  it.skipIf(testServerUrl)(
    "that was paid for has its task written down as soon as the database lets go",
    async () => {
      const vendor = vendorWithResult(studio, whole);
      const other = new Libsql(join(studio.dataDir, "firstframe.sqlite"));
      const shop = openWorkshop(studio, (input, init) => {
        if (init?.method === "POST") {
          other.exec("begin immediate");
          setTimeout(() => other.exec("commit"), 300);
        }
        return vendor.fetch(input, init);
      });
      const id = await shop.createOne();
      await shop.step(await shop.lease());
      expect(await shop.read(id)).toMatchObject({ state: "running", remoteTask: { taskId: "t" } });
      other.close();
    },
  );
});

describe("the vendor's window", () => {
  /** Every moment at which the row asked for its file, ms before the end of its window. */
  async function triesBeforeTheEnd(answer: () => Response | Error): Promise<number[]> {
    const asked: number[] = [];
    const { shop, id } = await finishedWith(studio, () => {
      asked.push(studio.clock.now());
      return answer();
    });
    for (let failures = 0; failures < 7; failures += 1) {
      studio.clock.advance(60_000);
      await shop.advanceDue();
    }
    const row = await shop.read(id);
    const endsAt = Math.max(row.deadlineAt ?? 0, row.result?.expiresAt ?? 0);
    // So close to the end that a wait of a minute, as it has become by now, would step over it.
    studio.clock.set(endsAt - 50_000);
    for (let now: Generation = await shop.read(id); studio.clock.now() < endsAt; now = await shop.read(id)) {
      await shop.advanceDue();
      now = await shop.read(id);
      studio.clock.set(Math.max(now.dueAt ?? endsAt, studio.clock.now()));
    }
    return asked.map((at) => endsAt - at);
  }

  it("is used to its end: a try shortly before it, and one at it", async () => {
    const tries = await triesBeforeTheEnd(() => new Response("oops", { status: 500 }));
    expect(tries.some((beforeMs) => beforeMs > 0 && beforeMs <= 20_000)).toBe(true);
  });

  it("does not end a clip while no answer comes that could end it", async () => {
    const { shop, id } = await finishedWith(studio, connectionError("ENETUNREACH"));
    studio.clock.advance(24 * HOUR_MS + 60_000);
    await shop.advanceDue();
    expect((await shop.read(id)).state).toBe("saving");
  });

  it("is used with a fresh link where the old one fails without saying that it is dead", async () => {
    const { vendor, shop, id } = await finishedWith(studio, (request) =>
      request.url.includes("Signature=s1") ? connectionError("ENOTFOUND", "getaddrinfo") : whole(),
    );
    for (let tries = 0; tries < 6; tries += 1) {
      studio.clock.advance(60_000);
      await shop.advanceDue();
    }
    await expectSaved(id);
    expect(vendor.sentTo("/api/v1/tasks/")).toHaveLength(2);
  });

  it("of a task that no look has reached for a day is over only on the vendor's word", async () => {
    const vendor = vendorWithResult(studio, whole);
    let isAway = true;
    const shop = openWorkshop(studio, (input, init) =>
      isAway && String(input).includes("/tasks/")
        ? Promise.reject(connectionError("ENETUNREACH", "connect"))
        : vendor.fetch(input, init),
    );
    const id = await shop.createOne();
    await shop.advanceDue();
    studio.clock.advance(24 * HOUR_MS + 60_000);
    await shop.advanceDue();
    expect((await shop.read(id)).state).toBe("running");
    isAway = false;
    studio.clock.advance(60_000);
    await shop.advanceDue();
    await expectSaved(id);
  });
});
