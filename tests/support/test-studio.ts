import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { createAssetRepository } from "@/lib/server/assets/asset-repository";
import { createMediaLinks } from "@/lib/server/assets/media-links";
import { openDatabase } from "@/lib/server/db/database";
import { openSqlite } from "@/lib/server/db/dialect";
import { createGenerationBus } from "@/lib/server/generations/generation-bus";
import { createGenerationRepository } from "@/lib/server/generations/generation-repository";
import { createStartQueueRepository } from "@/lib/server/generations/start-queue-repository";
import { createRateGates } from "@/lib/server/limits/rate-gate-repository";
import { createLog } from "@/lib/server/log";
import { createMediaProcess, type MediaProcess } from "@/lib/server/media/media-process";
import { createPeopleRepository } from "@/lib/server/people/people-repository";
import { createShareRepository } from "@/lib/server/shares/share-repository";
import type { SpendCap } from "@/lib/server/spend/spend-caps";
import { createSpendLedger } from "@/lib/server/spend/spend-ledger";
import { createSpendRepository } from "@/lib/server/spend/spend-repository";
import { createDiskStorage } from "@/lib/server/storage/disk-storage";
import { openIncoming } from "@/lib/server/storage/incoming";
import { createFakeClock } from "./fake-clock";

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

/**
 * The server's real parts on a fresh folder: SQLite, disk and the media child; only the clock is ours. `reopen` is
 * what a new process would find there.
 */
export async function openTestStudio(dataDir?: string, { caps = [] as SpendCap[] } = {}) {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), "firstframe-test-")));
  const clock = createFakeClock(Date.parse("2026-11-21T10:00:00Z"));
  const db = await openDatabase(openSqlite(join(folder, "firstframe.sqlite")));
  const incoming = await openIncoming(folder);
  const bus = createGenerationBus();
  const spendBook = createSpendRepository(db);
  return {
    dataDir: folder,
    clock,
    db,
    incoming,
    bus,
    log: createLog("silent"),
    media: testMedia(),
    storage: createDiskStorage(join(folder, "storage")),
    assets: createAssetRepository(db),
    generations: createGenerationRepository(db, bus),
    starts: { repository: createStartQueueRepository(db), gates: createRateGates(db) },
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
    /** Every file below the data folder but the database's own, relative to it. */
    async listFiles(): Promise<string[]> {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile() && !entry.name.startsWith("firstframe.sqlite"))
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort();
    },
    async close(): Promise<void> {
      await db.destroy();
    },
    async remove(): Promise<void> {
      await db.destroy();
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

export type TestStudio = Awaited<ReturnType<typeof openTestStudio>>;
