import { readFile, rm, writeFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { catalogue } from "@/lib/domain/models/catalogue";
import type { Money } from "@/lib/domain/money";
import { createAssetRepository, insertAsset } from "@/lib/server/assets/asset-repository";
import { createMediaLinks } from "@/lib/server/assets/media-links";
import { sweepStrayBlobs } from "@/lib/server/assets/sweep-stray-blobs";
import { openDatabase } from "@/lib/server/db/database";
import { openSqlite } from "@/lib/server/db/sqlite-dialect";
import type { Generation } from "@/lib/server/generations/generation";
import { createGenerationBus } from "@/lib/server/generations/generation-bus";
import {
  createGenerationRepository,
  type GenerationRepository,
} from "@/lib/server/generations/generation-repository";
import { createLooks } from "@/lib/server/generations/looks";
import { createStartQueue } from "@/lib/server/generations/start-queue";
import { createStartQueueRepository } from "@/lib/server/generations/start-queue-repository";
import { sweepSpool } from "@/lib/server/generations/sweep-spool";
import { createTaskRunRepository } from "@/lib/server/generations/task-run-repository";
import type { Workshop } from "@/lib/server/generations/workshop";
import { createRateGates } from "@/lib/server/limits/rate-gate-repository";
import { createLog } from "@/lib/server/log";
import type { MediaProcess } from "@/lib/server/media/media-process";
import type { MediaTaskName, MediaTasks } from "@/lib/server/media/media-tasks";
import type { Connection, Connections } from "@/lib/server/providers/registry";
import { createSpendLedger } from "@/lib/server/spend/spend-ledger";
import { createSpendRepository } from "@/lib/server/spend/spend-repository";
import { openIncoming } from "@/lib/server/storage/incoming";
import type { Storage } from "@/lib/server/storage/storage";
import { createFakeClock } from "../support/fake-clock";
import type { CrashPoint, createAdversarialVendor } from "./adversarial-vendor";
import type { Random } from "./random";
import { createTrouble, type Trouble } from "./trouble";
import { troubledDialect } from "./troubled-dialect";

type Vendor = ReturnType<typeof createAdversarialVendor>;
type OnAnswer = (taskId: string) => void;
export type SimulatedStudio = Awaited<ReturnType<typeof openSimulatedStudio>>;

export const PRICE: Money = { amountMicro: 500_000, currency: "USD" };
const PLACE = { vendor: "dashscope", region: "ap-southeast-1" } as const;
/** A made-up instant, so that a seed plays the same on any day. */
const BEGINS_AT = Date.parse("2026-11-21T02:00:00Z");
const EVERYBODY_MAY = { amountMicro: PRICE.amountMicro, currency: PRICE.currency };

/**
 * The server's own repository, state machine, queue, ledger, steps and sweeps, on SQLite in memory that fails when the
 * simulation says so; only what takes long (media, storage) is played, and the clock and the vendor are the simulation's.
 */
export async function openSimulatedStudio(folder: string, capClips: number, random: Random) {
  const clock = createFakeClock(BEGINS_AT);
  const trouble = createTrouble(random, clock.now);
  const db = await openDatabase(troubledDialect(openSqlite(":memory:"), () => trouble.strike("database")));
  const bus = createGenerationBus();
  const generations = createGenerationRepository(db, bus);
  const assets = createAssetRepository(db);
  const cap = { amountMicro: capClips * PRICE.amountMicro, currency: PRICE.currency };
  const spend = createSpendLedger({
    repository: createSpendRepository(db),
    caps: [{ scope: "everyone", period: "day", limit: cap }],
    timeZone: "UTC",
    clock,
  });
  const looks = createLooks(createTaskRunRepository(db));
  const blobs = new Map<string, string>();
  const incoming = await openIncoming(folder);

  function connectionsTo(vendor: Vendor, crashPoint: CrashPoint, onAnswer: OnAnswer): Connections {
    const connection: Connection = {
      view: { id: "sim", label: "Simulated", place: PLACE, prices: [], isDemo: false, isTest: false },
      accountId: "sim",
      provider: vendor.providerFor(crashPoint, onAnswer),
      fetch: (input) => vendor.fetch(String(input)),
      trustedOrigin: "http://127.0.0.1",
      lookIntervalMs: 15_000,
      formerIds: [],
    };
    return {
      offered: [connection],
      find: ({ id }) => (id === "sim" ? connection : null),
      ofAccount: () => ["sim"],
    };
  }

  function workshopFor(
    vendor: Vendor,
    crashPoint: CrashPoint = async () => {},
    onAnswer: OnAnswer = () => {},
  ): Workshop {
    const connections = connectionsTo(vendor, crashPoint, onAnswer);
    return {
      generations: mortal(generations, crashPoint),
      assets,
      storage: playedStorage(blobs, trouble, crashPoint),
      media: playedMedia,
      incoming,
      clock,
      connections,
      startQueue: createStartQueue({
        repository: createStartQueueRepository(db),
        gates: createRateGates(db),
        connections,
        clock,
      }),
      looks,
      mediaLinks: createMediaLinks({ publicUrl: null, reach: "none", secret: () => "", clock }),
      log: createLog("silent"),
      stopping: new AbortController().signal,
      lastCall: new AbortController().signal,
    };
  }

  async function picture(ownerId: string): Promise<string> {
    const blobKey = "picture.jpg";
    blobs.set(blobKey, "a picture");
    const file = {
      sha256: "0".repeat(64),
      kind: "image" as const,
      mediaType: "image/jpeg",
      fileName: "boat.jpg",
    };
    const size = { sizeBytes: 9, width: 800, height: 600, durationSeconds: null };
    const rest = { needsFlattening: false, blobKey, previewKey: null, createdAt: clock.now() };
    return db
      .transaction()
      .execute(
        async (transaction) =>
          (await insertAsset(transaction, { ownerId, ...file, ...size, ...rest }, [])).id,
      );
  }
  const pictures = new Map<string, string>();
  for (const ownerId of ["usr_a", "usr_b"]) pictures.set(ownerId, await picture(ownerId));

  return {
    clock,
    db,
    generations,
    assets,
    spend,
    trouble,
    workshopFor,
    blobs,
    desk: (vendor: Vendor) => ({ ...workshopFor(vendor), spend }),
    order: (ownerId: string, requestId: string, { prompt, take }: { prompt: string; take: number }) => ({
      requestId,
      connectionId: "sim",
      modelId: catalogue[0]?.id ?? "",
      mode: "animate" as const,
      media: { firstFrame: pictures.get(ownerId) ?? "" },
      parameters: { prompt, seed: take, resolution: "720P" as const, durationSeconds: 5 },
      shownPrice: EVERYBODY_MAY,
    }),
    /** What a process does every few minutes, and so right after its machine has slept. */
    async sweep(vendor: Vendor): Promise<void> {
      const workshop = workshopFor(vendor);
      await sweepStrayBlobs(workshop);
      await sweepSpool(workshop);
    },
    /**
     * The row of an order, if it was taken, under an id by number: where two rows are due at once their ids decide, and a
     * seed has to decide the same each time.
     */
    async takenAs(number: number, requestId: string): Promise<string | null> {
      const id = `gen_${String(number).padStart(4, "0")}`;
      const { numUpdatedRows } = await db
        .updateTable("generations")
        .set({ id })
        .where("request_id", "=", requestId)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 0n ? null : id;
    },
    async read(id: string): Promise<Generation> {
      const generation = await generations.find(id);
      if (!generation) throw new Error(`${id} is gone`);
      return generation;
    },
    readAll(ids: readonly string[]): Promise<Generation[]> {
      return Promise.all(ids.map((id) => this.read(id)));
    },
    close: () => db.destroy(),
  };
}

/** The repository in a process that may die just before a write reaches the disk, or just after. */
function mortal(generations: GenerationRepository, crashPoint: CrashPoint): GenerationRepository {
  return {
    ...generations,
    async applyEvent(generation, event) {
      const name = typeof event === "function" ? "an event" : event.type;
      await crashPoint(`before ${name} was written`);
      const after = await generations.applyEvent(generation, event);
      await crashPoint(`after ${name} was written`);
      return after;
    },
  };
}

function playedStorage(blobs: Map<string, string>, trouble: Trouble, crashPoint: CrashPoint): Storage {
  /** Fails before it did anything, or when all is done. */
  async function troubled<Value>(act: () => Value | Promise<Value>): Promise<Value> {
    trouble.strike("storage");
    const value = await act();
    trouble.strike("storage");
    return value;
  }
  return {
    async put(key, path) {
      await crashPoint("before a file was put into storage");
      await troubled(async () => {
        blobs.set(key, await readFile(path, "utf8"));
        await rm(path);
      });
      await crashPoint("after a file was put into storage");
    },
    open: async (): Promise<Readable | null> => null,
    stat: (key) => troubled(() => (blobs.has(key) ? { sizeBytes: blobs.get(key)?.length ?? 0 } : null)),
    remove: (key) => troubled(() => void blobs.delete(key)),
    probe: async () => {},
    withLocalFile: (key, use) => use(key),
  };
}

type PlayedTasks = {
  [Name in MediaTaskName]?: (input: MediaTasks[Name]["input"]) => Promise<MediaTasks[Name]["output"]>;
};

const SIZE = { width: 1280, height: 720 };

/** Looks at nothing and makes what it is asked for; that a file came whole is the download's own business. */
const PLAYED_TASKS: PlayedTasks = {
  "probe-video": async () => ({
    ...SIZE,
    mediaType: "video/mp4",
    durationSeconds: 5,
    frameCount: 150,
    framesPerSecond: 30,
    videoCodec: "avc",
    audioCodec: null,
    audioDurationSeconds: null,
  }),
  "probe-image": async () => ({
    ...SIZE,
    mediaType: "image/jpeg",
    hasAlpha: false,
    isRotatedByFlag: false,
    frameCount: 1,
  }),
  "make-poster": (input) => writePlayed("poster", input),
  "make-preview": (input) => writePlayed("preview", input),
};

async function writePlayed(what: string, { path, outputPath }: { path: string; outputPath: string }) {
  await writeFile(outputPath, `${what} of ${await readFile(path, "utf8")}`);
  return SIZE;
}

const playedMedia: MediaProcess = {
  run(name, input) {
    const play = PLAYED_TASKS[name];
    if (play === undefined) throw new Error(`The simulation does not play ${name}`);
    return play(input);
  },
  usage: () => ({ tasks: 0, memoryBytes: null }),
  close: async () => {},
};
