import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "@/lib/domain/ids";
import { createEmulator } from "@/lib/emulator/handler";
import { createAssetRepository } from "./assets/asset-repository";
import { createMediaLinks, type LinkReach } from "./assets/media-links";
import { sweepStrayBlobs } from "./assets/sweep-stray-blobs";
import { systemClock } from "./clock";
import { createTestTurns } from "./connections/test-turns";
import { lockDataFolder } from "./db/data-folder-lock";
import { openDatabase } from "./db/database";
import { openSqlite } from "./db/dialect";
import { type Env, readEnv } from "./env";
import { advanceGeneration } from "./generations/advance-generation";
import type { Generation } from "./generations/generation";
import { createGenerationBus } from "./generations/generation-bus";
import { createGenerationRepository } from "./generations/generation-repository";
import { keepLeased } from "./generations/lease-keeper";
import { leaseNext } from "./generations/lease-next";
import { createStartQueue } from "./generations/start-queue";
import { createStartQueueRepository } from "./generations/start-queue-repository";
import { startWorker } from "./generations/worker";
import type { Workshop } from "./generations/workshop";
import { awaitQueryTurn } from "./limits/query-turns";
import { createRateGates } from "./limits/rate-gate-repository";
import { createLog } from "./log";
import { createMediaProcess } from "./media/media-process";
import { createPeopleRepository } from "./people/people-repository";
import { createConnections } from "./providers/registry";
import { isLoopbackAddress } from "./request-guard";
import { readAuthSecret } from "./secrets";
import { createShareRepository } from "./shares/share-repository";
import { createSpendLedger } from "./spend/spend-ledger";
import { createSpendRepository } from "./spend/spend-repository";
import { createDiskStorage } from "./storage/disk-storage";
import { openIncoming } from "./storage/incoming";

const WORKER_CONCURRENCY = 8;
const WORKER_REST_MS = 500;
const SWEEP_INTERVAL_MS = 10 * 60_000;

export type Services = Awaited<ReturnType<typeof createServices>>;

// The server's start and each route are separate bundles with separate module state; the process is one.
const HOME = Symbol.for("firstframe.services");
type Home = { [HOME]?: Promise<Services> & { close?: () => Promise<void> } };

/** The one set of services of this process, made at first use. */
export function getServices(): Promise<Services> {
  const home = globalThis as Home;
  if (!home[HOME]) {
    const services: Promise<Services> & { close?: () => Promise<void> } = createServices(readEnv());
    services.close = async () => (await services).close();
    home[HOME] = services;
  }
  return home[HOME];
}

/** With no sign-in the request guard answers to this machine alone, whatever PUBLIC_URL says. */
function linkReach({ publicUrl, signIn }: Env): LinkReach {
  if (publicUrl === null) return "none";
  if (isLoopbackAddress(new URL(publicUrl).hostname.replace(/^\[|\]$/g, ""))) return "loopback";
  return signIn.methods.length > 0 ? "public" : "none";
}

/** Builds everything that the server works with, once. The only place that knows the concrete adapters. */
async function createServices(env: Env) {
  const clock = systemClock;
  const log = createLog(env.logLevel);
  // Clips, keys and prompts are nobody else's business on a shared machine.
  await mkdir(env.dataDir, { recursive: true, mode: 0o700 });
  await chmod(env.dataDir, 0o700);
  const lock = lockDataFolder(env.dataDir);
  const db = await openDatabase(openSqlite(join(env.dataDir, "firstframe.sqlite")));
  const incoming = await openIncoming(env.dataDir);
  const storage = createDiskStorage(join(env.dataDir, "storage"));
  const media = createMediaProcess({ projectRoot: process.cwd(), concurrency: 2, defaultTimeoutMs: 120_000 });
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
    clock,
    timeScale: env.emulator.timeScale,
    expiryScale: env.emulator.expiryScale,
    log,
  });
  const gates = createRateGates(db);
  const connections = createConnections({
    connections: env.connections,
    fetch: globalThis.fetch,
    emulatorFetch: (input, init) => emulator.handler(new Request(input, init)),
    now: clock.now,
    prices: env.prices,
    pace: (accountId, signal) => awaitQueryTurn(gates, clock, accountId, signal),
  });
  const mediaLinks = createMediaLinks({
    publicUrl: env.publicUrl,
    reach: linkReach(env),
    secret: () => readAuthSecret(env),
    clock,
  });
  const bus = createGenerationBus();
  const assets = createAssetRepository(db);
  const generations = createGenerationRepository(db, bus);
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
    log,
    stopping: stopping.signal,
  };
  const holder = newId("wrk");
  const worker = startWorker<Generation>({
    lease: () => leaseNext(workshop, holder),
    work: (generation) =>
      keepLeased(generations, generation.id, holder, clock.now, () =>
        advanceGeneration(workshop, generation),
      ),
    release: (generation) => generations.releaseLease(generation.id, holder),
    onError: (error, generation) => log.error({ error, generationId: generation?.id }, "a step failed"),
    concurrency: WORKER_CONCURRENCY,
    restMs: WORKER_REST_MS,
  });
  bus.onAnyChange(() => worker.wake());

  async function sweep(): Promise<void> {
    try {
      await sweepStrayBlobs(workshop);
    } catch (error) {
      log.error({ error }, "stray files could not be swept");
    }
  }
  const sweeping = setInterval(() => void sweep(), SWEEP_INTERVAL_MS);
  sweeping.unref();
  void sweep();

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
    connections,
    mediaLinks,
    testTurns: createTestTurns(clock),
    startQueue,
    shares,
    spend,
    spendBook,
    people,
    /** Aborts when the server stops; open streams end with it. */
    stopping: stopping.signal,

    /** Ends streams, lets the work in hand finish its step, and closes everything. */
    async close(): Promise<void> {
      clearInterval(sweeping);
      stopping.abort();
      await worker.stop();
      await emulator.close();
      await Promise.all([media.close(), renderer.close()]);
      await db.destroy();
      lock.release();
    },
  };
}
