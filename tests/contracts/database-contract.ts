import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newId } from "@/lib/domain/ids";
import { createAssetRepository, type NewAsset } from "@/lib/server/assets/asset-repository";
import { createGenerationBus } from "@/lib/server/generations/generation-bus";
import { createGenerationRepository } from "@/lib/server/generations/generation-repository";
import { createShareRepository } from "@/lib/server/shares/share-repository";
import { AT, insertSome, OWNER, someGeneration } from "@/tests/support/some-generation";
import {
  type DatabasePlace,
  dropDatabasePlace,
  openTestDatabase,
  type TestDatabase,
} from "@/tests/support/test-database";

function someAsset(blobKey: string): NewAsset {
  return {
    ownerId: OWNER,
    sha256: blobKey,
    kind: "image",
    mediaType: "image/jpeg",
    fileName: "a.jpg",
    sizeBytes: 1,
    width: 1,
    height: 1,
    durationSeconds: null,
    needsFlattening: false,
    blobKey,
    previewKey: null,
    createdAt: AT,
  };
}

/** What every database promises to the repositories. `newPlace` names a new, empty one. */
export function databaseContract(name: string, newPlace: (folder: string) => Promise<DatabasePlace>): void {
  let folder: string;
  let database: TestDatabase;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "firstframe-database-"));
    database = await openTestDatabase(await newPlace(folder));
  });
  afterEach(async () => {
    await database.close();
    await dropDatabasePlace(database.place);
    await rm(folder, { recursive: true, force: true });
  });
  const generations = () => createGenerationRepository(database.db, createGenerationBus());

  describe(`${name} as the database`, () => {
    it("gives a row back as it was written, with every number a number", async () => {
      const { generation: written } = await insertSome(generations(), {
        price: { amountMicro: 9_007_199_254_740_991, currency: "CNY" },
        deadlineAt: AT + 86_400_000,
        actualPrompt: "Ein Boot, “日本”, 🎬",
      });
      expect(await generations().find(written.id)).toEqual(written);
    });

    it("gives counts, sums and the greatest id as numbers", async () => {
      await insertSome(generations());
      await insertSome(generations());
      const row = await database.db
        .selectFrom("generations")
        .select(({ fn }) => [
          fn.countAll().as("count"),
          fn.sum("price_amount_micro").as("sum"),
          fn.max("created_at").as("latest"),
        ])
        .executeTakeFirstOrThrow();
      expect(row).toEqual({ count: 2, sum: 1_000_000, latest: AT });
    });

    it("is opened again with all that is in it", async () => {
      const { generation } = await insertSome(generations());
      await database.close();
      database = await openTestDatabase(database.place);
      expect(await generations().find(generation.id)).toEqual(generation);
    });

    it("makes one row of one request, however often and however close together it comes", async () => {
      const requestId = newId("req");
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => insertSome(generations(), { requestId })),
      );
      expect(new Set(answers.map(({ generation }) => generation.id)).size).toBe(1);
      expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(await generations().listEvents(OWNER, 0, 100)).toHaveLength(1);
    });

    it("finds the retry of a row for its owner alone", async () => {
      const { generation: failed } = await insertSome(generations(), { state: "failed" });
      expect(await generations().findRetry(OWNER, failed.id)).toBeNull();
      const { generation: retry } = await insertSome(generations(), { retryOf: failed.id });
      await insertSome(generations(), { retryOf: retry.id });
      expect(await generations().findRetry(OWNER, failed.id)).toEqual(retry);
      expect(await generations().findRetry("usr_b", failed.id)).toBeNull();
    });

    it("makes one link of one clip, however often it is asked at once", async () => {
      const shares = createShareRepository(database.db);
      const made = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          shares.insert({ token: `t${index}`, ownerId: OWNER, generationId: "gen_1", createdAt: AT }),
        ),
      );
      expect(new Set(made.map(({ token }) => token)).size).toBe(1);
    });

    it("hands each due row to one claim, those that ask at once included", async () => {
      const made = Array.from({ length: 12 }, () => someGeneration({ state: "saving" }));
      for (const generation of made) await insertSome(generations(), generation);
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          generations().leaseDue({ holder: `wrk_${index}`, until: AT + 15_000 }, AT),
        ),
      );
      const claimed = claims.flatMap((row) => row?.id ?? []);
      expect(claimed.sort()).toEqual(made.map(({ id }) => id).sort());
    });

    it("hands out what the vendor forgets soonest before the rest, and the rest as long as it has been due", async () => {
      const hour = 3_600_000;
      const rows = {
        "due long": { dueAt: AT - 3000, deadlineAt: AT + 20 * hour },
        "due for a while": { dueAt: AT - 2000, deadlineAt: AT + 10 * hour },
        "forgotten in an hour": { dueAt: AT - 10, deadlineAt: AT + hour },
        "forgotten in a minute": { dueAt: AT - 1, deadlineAt: AT + 60_000 },
        "forgotten in a minute, but put off": { dueAt: AT + 1, deadlineAt: AT + 60_000 },
        "not known to any vendor": { dueAt: AT - 1000, deadlineAt: null },
      };
      const named = new Map<string, string>();
      for (const [name, change] of Object.entries(rows)) {
        const { generation } = await insertSome(generations(), { state: "running", ...change });
        named.set(generation.id, name);
      }
      const order: string[] = [];
      for (let claims = 0; claims < 6; claims += 1) {
        const row = await generations().leaseDue({ holder: "wrk_a", until: AT + 15_000 }, AT);
        if (row) order.push(named.get(row.id) ?? "");
      }
      expect(order).toEqual([
        "forgotten in a minute",
        "forgotten in an hour",
        "due long",
        "due for a while",
        "not known to any vendor",
      ]);
    });

    it("lets one of two writers of a version win, and writes no event for the other", async () => {
      const { generation } = await insertSome(generations());
      const moved = await Promise.all([
        generations().applyEvent(generation, { type: "claimed", at: AT }),
        generations().applyEvent(generation, { type: "cancel-asked", at: AT }),
      ]);
      expect(moved.filter((row) => row !== null)).toHaveLength(1);
      expect(await generations().listEvents(OWNER, 0, 100)).toHaveLength(2);
    });

    it("gives event ids that grow in the order of the events", async () => {
      const rows = Array.from({ length: 6 }, () => someGeneration());
      for (const row of rows) await insertSome(generations(), row);
      const events = await generations().listEvents(OWNER, 0, 100);
      expect(events.map((event) => event.generationId)).toEqual(rows.map((row) => row.id));
      const ids = events.map((event) => event.id);
      expect(ids).toEqual([...ids].sort((left, right) => left - right));
      expect(await generations().lastEventId(OWNER)).toBe(ids.at(-1));
    });

    it("gives a page and the event id that it covers from one moment", async () => {
      let isWriting = true;
      const writing = (async () => {
        while (isWriting) await insertSome(generations());
      })();
      for (let look = 0; look < 30; look += 1) {
        const page = await generations().listPage(OWNER, { before: null, limit: 1000 });
        const later = await generations().listEvents(OWNER, page.highWaterId, 1000);
        const onPage = new Set(page.generations.map(({ id }) => id));
        expect(later.filter((event) => onPage.has(event.generationId))).toEqual([]);
        const sooner = await generations().listEvents(OWNER, 0, 1000);
        const covered = sooner.filter((event) => event.id <= page.highWaterId);
        expect(covered.map((event) => event.generationId).filter((id) => !onPage.has(id))).toEqual([]);
      }
      isWriting = false;
      await writing;
    });

    it("finds nothing under a name with a zero byte in it, and breaks nothing", async () => {
      expect(await createShareRepository(database.db).findByToken("a\0b")).toBeNull();
      expect(await createAssetRepository(database.db).find(OWNER, "\0")).toBeNull();
    });

    it("does not take away a blob that another upload announces at the same moment", async () => {
      const assets = createAssetRepository(database.db);
      for (let round = 0; round < 10; round += 1) {
        const key = `assets/aa/${round}.jpg`;
        const stored = new Set([key]);
        const announced = await assets.announceBlob(key, AT);
        await Promise.all([
          assets.sweepBlobs({ announcedIds: [announced] }, async () => {
            // A storage takes its time, in which the other upload goes on if nothing stops it.
            await new Promise((done) => setTimeout(done, 5));
            stored.delete(key);
          }),
          (async () => {
            const second = await assets.announceBlob(key, AT);
            stored.add(key);
            await assets.insert(someAsset(key), [second]);
          })(),
        ]);
        expect(stored).toEqual(new Set([key]));
      }
    });

    it("keeps an announced blob for the next sweep when the storage does not take it away", async () => {
      const assets = createAssetRepository(database.db);
      await assets.announceBlob("assets/aa/a.jpg", AT);
      const down = () => Promise.reject(new Error("The storage is down"));
      await expect(assets.sweepBlobs({ olderThan: AT + 1 }, down)).rejects.toThrow("down");
      const removed: string[] = [];
      await assets.sweepBlobs({ olderThan: AT + 1 }, async (key) => void removed.push(key));
      expect(removed).toEqual(["assets/aa/a.jpg"]);
    });
  });
}
