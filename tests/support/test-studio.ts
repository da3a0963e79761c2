import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { createAssetRepository } from "@/lib/server/assets/asset-repository";
import { createMediaLinks } from "@/lib/server/assets/media-links";
import { createChangeReader } from "@/lib/server/generations/change-reader";
import { createGenerationBus } from "@/lib/server/generations/generation-bus";
import { createGenerationRepository } from "@/lib/server/generations/generation-repository";
import { createLooks } from "@/lib/server/generations/looks";
import { createStartQueueRepository } from "@/lib/server/generations/start-queue-repository";
import { createTaskRunRepository } from "@/lib/server/generations/task-run-repository";
import { createRateGates } from "@/lib/server/limits/rate-gate-repository";
import { createLog } from "@/lib/server/log";
import { createMediaProcess, type MediaProcess } from "@/lib/server/media/media-process";
import { createPeopleRepository } from "@/lib/server/people/people-repository";
import { createShareRepository } from "@/lib/server/shares/share-repository";
import type { SpendCap } from "@/lib/server/spend/spend-caps";
import { createSpendLedger } from "@/lib/server/spend/spend-ledger";
import { createSpendRepository } from "@/lib/server/spend/spend-repository";
import { openIncoming } from "@/lib/server/storage/incoming";
import { createFakeClock } from "./fake-clock";
import { type DatabasePlace, dropDatabasePlace, newDatabasePlace, openTestDatabase } from "./test-database";
import { openTestStorage, type TestStorage } from "./test-storage";

let sharedMedia: MediaProcess | null = null;

/** The real media child, one for all tests of a file. */
export function testMedia(): MediaProcess {
  sharedMedia ??= createMediaProcess({
    projectRoot: process.cwd(),
    concurrency: 2,
    defaultTimeoutMs: 60_000,
  });
  return sharedMedia;
}

afterAll(async () => {
  await sharedMedia?.close();
  sharedMedia = null;
});

type Place = { database: DatabasePlace; files: TestStorage };
const placesByFolder = new Map<string, Place>();

/** What belongs to a folder besides what is in it; the same for one that is opened again. */
async function placeFor(folder: string): Promise<Place> {
  const place = placesByFolder.get(folder) ?? {
    database: await newDatabasePlace(folder),
    files: await openTestStorage(folder),
  };
  placesByFolder.set(folder, place);
  return place;
}

/**
 * The server's real parts on a fresh folder: database, storage and the media child; only the clock is ours. A folder
 * that is given is what a new process would find there.
 */
export async function openTestStudio(dataDir?: string, { caps = [] as SpendCap[] } = {}) {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), "firstframe-test-")));
  const clock = createFakeClock(Date.parse("2026-11-21T10:00:00Z"));
  const place = await placeFor(folder);
  const { db, close } = await openTestDatabase(place.database);
  const incoming = await openIncoming(folder);
  const bus = createGenerationBus();
  const generations = createGenerationRepository(db, bus);
  const spendBook = createSpendRepository(db);
  return {
    dataDir: folder,
    clock,
    db,
    incoming,
    bus,
    log: createLog("silent"),
    media: testMedia(),
    storage: place.files.storage,
    assets: createAssetRepository(db),
    generations,
    changes: createChangeReader(generations, bus),
    starts: { repository: createStartQueueRepository(db), gates: createRateGates(db) },
    looks: createLooks(createTaskRunRepository(db)),
    shares: createShareRepository(db),
    spend: createSpendLedger({
      repository: spendBook,
      caps,
      timeZone: "Europe/Berlin",
      clock,
    }),
    spendBook,
    people: createPeopleRepository(db),
    /** Nobody reaches this studio from outside. */
    mediaLinks: createMediaLinks({ publicUrl: null, reach: "none", secret: () => "", clock }),
    /** Every file below the data folder but the database's own and the folder's name, relative to it; objects as if they lay in `storage`. */
    async listFiles(): Promise<string[]> {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const keys = await place.files.listKeys();
      return entries
        .filter(
          (entry) => entry.isFile() && entry.name !== "id" && !entry.name.startsWith("firstframe.sqlite"),
        )
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .concat(keys.map((key) => `storage/${key}`))
        .sort();
    },
    close,
    async remove(): Promise<void> {
      await close();
      await dropDatabasePlace(place.database);
      await place.files.remove();
      placesByFolder.delete(folder);
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

export type TestStudio = Awaited<ReturnType<typeof openTestStudio>>;
