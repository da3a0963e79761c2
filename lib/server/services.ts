import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "@/lib/domain/ids";
import { createEmulator } from "@/lib/emulator/handler";
import { createAssetRepository } from "./assets/asset-repository";
import { linkReach, linksOf } from "./assets/link-reach";
import { createMediaLinks } from "./assets/media-links";
import { systemClock } from "./clock";
import { createTestTurns } from "./connections/test-turns";
import { lockDataFolder } from "./db/data-folder-lock";
import { type Database, openDatabase } from "./db/database";
import { openPostgresChannel } from "./db/postgres-channel";
import { openPostgres, waitForPostgres } from "./db/postgres-dialect";
import { openSqlite } from "./db/sqlite-dialect";
import { type Env, readEnv } from "./env";
import { secretsOf } from "./env-secrets";
import { createChangeReader } from "./generations/change-reader";
import { createGenerationBus, type GenerationBus } from "./generations/generation-bus";
import { createGenerationRepository } from "./generations/generation-repository";
import { createLooks } from "./generations/looks";
import { runWorkshop } from "./generations/run-workshop";
import { createSharedGenerationBus } from "./generations/shared-generation-bus";
import { createStartQueue } from "./generations/start-queue";
import { createStartQueueRepository } from "./generations/start-queue-repository";
import { createTaskRunRepository } from "./generations/task-run-repository";
import type { Workshop } from "./generations/workshop";
import { createQueryTurns } from "./limits/query-turns";
import { createRateGates } from "./limits/rate-gate-repository";
import { createLog, type Log } from "./log";
import { createMediaProcess, type MediaProcess } from "./media/media-process";
import { createBeatRepository } from "./operations/beat-repository";
import { createHealthCheck } from "./operations/check-health";
import { createCountRepository } from "./operations/count-repository";
import { measuredMedia, measureEvents, watchStudio } from "./operations/measure-studio";
import { createMetrics } from "./operations/metrics";
import { createPulse } from "./operations/pulse";
import { createPeopleRepository } from "./people/people-repository";
import type { Fetch } from "./providers/http";
import { createConnections } from "./providers/registry";
import { readAuthSecret } from "./secrets";
import { createShareRepository } from "./shares/share-repository";
import { createSpendLedger } from "./spend/spend-ledger";
import { createSpendRepository } from "./spend/spend-repository";
import { createDiskStorage } from "./storage/disk-storage";
import { openIncoming } from "./storage/incoming";
import { createS3Storage } from "./storage/s3-storage";
import type { Storage } from "./storage/storage";

export type Services = Awaited<ReturnType<typeof createServices>>;

/** Of a stop. After this, a paid start that is still without an answer is written down as unconfirmed. */
const LAST_CALL_MS = 7_000;
/** Of a stop. After this, steps still in hand are left as they stand: whoever comes next takes them up from their rows. */
const STEPS_MS_MAX = 8_500;

// The server's start and each route are separate bundles with separate module state; the process is one.
const HOME = Symbol.for("firstframe.services");
type Home = {
  [HOME]?: Promise<Services> & {
    close?: (answered: Promise<unknown>) => Promise<void>;
    isDatabaseLost?: () => boolean;
  };
};

/** The one set of services of this process, made at first use. */
export function getServices(): Promise<Services> {
  const home = globalThis as Home;
  if (!home[HOME]) {
    const services: NonNullable<Home[typeof HOME]> = createServices(readEnv());
    services.close = async (answered) => (await services).close(answered);
    home[HOME] = services;
    // Whoever waits for the services hears why they did not come.
    services.then(
      ({ isDatabaseLost }) => {
        services.isDatabaseLost = isDatabaseLost;
      },
      () => {},
    );
  }
  return home[HOME];
}

type OpenedDatabase = {
  db: Database;
  bus: GenerationBus;
  isDatabaseLost: () => boolean;
  close(): Promise<void>;
};

async function openEmbedded(dataDir: string): Promise<OpenedDatabase> {
  const db = await openDatabase(openSqlite(join(dataDir, "firstframe.sqlite")));
  return { db, bus: createGenerationBus(), isDatabaseLost: () => false, close: () => db.destroy() };
}

async function openShared(url: string, log: Log): Promise<OpenedDatabase> {
  await waitForPostgres(url, log);
  const { dialect, migrationDialect, watch } = openPostgres(url, log);
  const db = await openDatabase(dialect, migrationDialect);
  const bus = createSharedGenerationBus((text) => channel.publish(text));
  const channel = openPostgresChannel({
    url,
    name: "firstframe_generations",
    watch,
    onText: (text) => bus.hear(text),
    onGap: () => bus.missed(),
  });
  return {
    db,
    bus,
    isDatabaseLost: () => watch.isLost(),
    async close() {
      await bus.close();
      await channel.close();
      watch.close();
      await db.destroy();
    },
  };
}

async function openStorage(env: Env, log: Log): Promise<{ storage: Storage; close(): void }> {
  if (!env.s3) return { storage: createDiskStorage(join(env.dataDir, "storage")), close: () => {} };
  const storage = createS3Storage({
    place: env.s3,
    spoolDir: join(env.dataDir, "incoming", "nameless"),
    log,
  });
  await storage.check();
  return { storage, close: () => storage.close() };
}

/** Whether it came to its end in that time. */
async function endWithin(ms: number, ending: Promise<void> = Promise.resolve()): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((done) => {
    timer = setTimeout(done, ms, false);
  });
  try {
    return await Promise.race([ending.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The built-in emulator, with a media child of its own. */
function openDemo(env: Env, log: Log): { fetch: Fetch; media: MediaProcess; close(): Promise<void> } {
  const renderer = createMediaProcess({
    projectRoot: process.cwd(),
    // One film at a time is the emulator's own rule; the other place is for looks at new pictures.
    concurrency: 2,
    niceness: 10,
    defaultTimeoutMs: 600_000,
  });
  const emulator = createEmulator({
    dataDir: join(env.dataDir, "emulator"),
    media: renderer,
    clock: systemClock,
    timeScale: env.emulator.timeScale,
    expiryScale: env.emulator.expiryScale,
    log,
  });
  return {
    media: renderer,
    fetch: (input, init) => emulator.handler(new Request(input, init)),
    async close() {
      await emulator.close();
      await renderer.close();
    },
  };
}

/** Builds everything that the server works with, once. The only place that knows the concrete adapters. */
export async function createServices(env: Env) {
  const clock = systemClock;
  const log = createLog(env.logLevel, secretsOf(env));
  // Clips, keys and prompts are nobody else's business on a shared machine.
  await mkdir(env.dataDir, { recursive: true, mode: 0o700 });
  await chmod(env.dataDir, 0o700);
  const lock = lockDataFolder(env.dataDir);
  const database = env.databaseUrl ? await openShared(env.databaseUrl, log) : await openEmbedded(env.dataDir);
  const { db, bus } = database;
  const incoming = await openIncoming(env.dataDir);
  const { storage, close: closeStorage } = await openStorage(env, log);
  const metrics = createMetrics();
  const mediaChild = createMediaProcess({
    projectRoot: process.cwd(),
    concurrency: 2,
    defaultTimeoutMs: 120_000,
  });
  const media = measuredMedia(mediaChild, metrics);
  // With several processes a task would be known to one of them alone; readEnv asks for a key then.
  const demo = env.databaseUrl ? null : openDemo(env, log);
  const gates = createRateGates(db);
  const connections = createConnections({
    connections: env.connections,
    fetch: globalThis.fetch,
    emulatorFetch: demo?.fetch ?? (() => Promise.reject(new Error("There is no demo on a shared database"))),
    now: clock.now,
    prices: env.prices,
    meter: metrics,
    pace: createQueryTurns({ gates, clock }),
  });
  const mediaLinks = createMediaLinks({
    publicUrl: env.publicUrl,
    reach: linkReach(env),
    secret: () => readAuthSecret(env),
    clock,
    storageLinks: linksOf(storage, env.s3),
  });
  const assets = createAssetRepository(db);
  const generations = createGenerationRepository(db, bus, measureEvents(metrics, log));
  const changes = createChangeReader(generations, bus);
  const shares = createShareRepository(db);
  const people = createPeopleRepository(db);
  const spendBook = createSpendRepository(db);
  const spend = createSpendLedger({
    repository: spendBook,
    caps: env.caps,
    timeZone: env.timeZone,
    clock,
  });

  const startQueue = createStartQueue({
    repository: createStartQueueRepository(db),
    gates,
    connections,
    clock,
  });

  const stopping = new AbortController();
  const lastCall = new AbortController();
  const workshop: Workshop = {
    assets,
    storage,
    media,
    incoming,
    clock,
    generations,
    connections,
    mediaLinks,
    startQueue,
    looks: createLooks(createTaskRunRepository(db)),
    log,
    stopping: stopping.signal,
    lastCall: lastCall.signal,
  };
  const processId = newId("wrk");
  const beats = createBeatRepository(db);
  const counts = createCountRepository(db);
  const checkHealth = createHealthCheck({
    id: processId,
    hasWorker: env.hasWorker,
    beats,
    counts,
    storage,
    stopping: stopping.signal,
    clock,
  });
  watchStudio(metrics, {
    checkHealth,
    counts,
    children: new Map([["media", mediaChild], ...(demo ? [["demo", demo.media] as const] : [])]),
  });
  const work = env.hasWorker
    ? runWorkshop({
        workshop,
        bus,
        isDatabaseLost: database.isDatabaseLost,
        holder: processId,
        pulse: createPulse(beats, processId, clock),
      })
    : null;

  return {
    env,
    clock,
    log,
    assets,
    storage,
    media,
    incoming,
    generations,
    bus,
    changes,
    connections,
    mediaLinks,
    checkHealth,
    metrics,
    testTurns: createTestTurns(clock),
    startQueue,
    beats,
    shares,
    spend,
    spendBook,
    people,
    /** Aborts when the server stops; open streams end with it. */
    stopping: stopping.signal,
    isDatabaseLost: database.isDatabaseLost,

    /**
     * Ends streams, takes no more work, and closes everything once requests are `answered`, in less than ten seconds:
     * what is only our own time is cut short at once, and a paid start in hand gets most of them for its answer.
     */
    async close(answered: Promise<unknown> = Promise.resolve()): Promise<void> {
      log.info("stopping: no new work is begun, and what is in hand comes to an end");
      stopping.abort();
      const stepsDone = endWithin(STEPS_MS_MAX, work?.stop());
      const lastCallTimer = setTimeout(() => lastCall.abort(), LAST_CALL_MS);
      await answered;
      await media.close();
      if (!(await stepsDone)) log.warn("stopping with steps in hand; they go on with the next start");
      clearTimeout(lastCallTimer);
      await demo?.close();
      await database.close();
      closeStorage();
      lock.release();
      log.info("stopped");
    },
  };
}
