import type { Database } from "@/lib/server/db/database";
import { openPostgresAlone, openRestoredFile } from "@/lib/server/db/open-alone";
import { leapAhead } from "@/lib/server/db/postgres-restored";
import { createGenerationBus } from "@/lib/server/generations/generation-bus";
import { createGenerationRepository } from "@/lib/server/generations/generation-repository";
import { createBeatRepository } from "@/lib/server/operations/beat-repository";
import { BackupError } from "./backup-error";
import { DATABASE_FILE } from "./backup-manifest";
import { createRestoredRepository } from "./restored-repository";

/** A worker that was heard so recently may be at work. */
const SILENCE_MS = 60_000;

/**
 * Holds back what was under way in a database that another tool has put back, such as `pg_restore`, and lets open pages
 * see everything anew. Answers how many orders were closed. Throws a BackupError where somebody works on it already: that
 * one may have sent them by now.
 */
export async function holdBackRestored(
  { databaseUrl, dataDir }: { databaseUrl: string | null; dataDir: string },
  now: number,
): Promise<number> {
  const { db, close } = databaseUrl
    ? await openPostgresAlone(databaseUrl)
    : await openRestoredFile({ dataDir, name: DATABASE_FILE });
  try {
    if (databaseUrl) {
      await refuseWorkers(db, now);
      await leapAhead(db);
    }
    const generations = createGenerationRepository(db, createGenerationBus());
    return await createRestoredRepository(db, generations).holdBack(now);
  } finally {
    await close();
  }
}

async function refuseWorkers(db: Database, now: number): Promise<void> {
  const beats = await createBeatRepository(db).listWorkerBeats();
  if (beats.some((at) => now - at < SILENCE_MS)) {
    throw new BackupError(
      "A worker was heard on this database less than a minute ago. Stop every process, and try again in a minute.",
    );
  }
}
