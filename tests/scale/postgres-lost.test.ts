import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAppError } from "@/lib/domain/errors";
import { openPostgresChannel } from "@/lib/server/db/postgres-channel";
import { openPostgres, waitForPostgres } from "@/lib/server/db/postgres-dialect";
import { createChangeReader } from "@/lib/server/generations/change-reader";
import { createGenerationBus } from "@/lib/server/generations/generation-bus";
import { createGenerationRepository } from "@/lib/server/generations/generation-repository";
import { createSharedGenerationBus } from "@/lib/server/generations/shared-generation-bus";
import { streamGenerations } from "@/lib/server/generations/stream-generations";
import { startWorker } from "@/lib/server/generations/worker";
import { createLog } from "@/lib/server/log";
import { type BreakableLine, openLineTo, throughLine } from "@/tests/support/breakable-line";
import { newGate } from "@/tests/support/gate";
import { insertSome, OWNER } from "@/tests/support/some-generation";
import { dropDatabasePlace, newPostgresPlace, openTestDatabase } from "@/tests/support/test-database";

/** When everything is due. */
const LATER = Date.parse("2027-01-01");
const log = createLog("silent");
let place: Awaited<ReturnType<typeof newPostgresPlace>>;
let line: BreakableLine;
let closers: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  place = await newPostgresPlace();
  line = await openLineTo(place.url);
});
afterEach(async () => {
  for (const close of closers.toReversed()) await close();
  closers = [];
  await line.cut().catch(() => {});
  await dropDatabasePlace(place);
});

/** The parts of one process, connected by the line or directly. */
async function openProcess(url: string) {
  const database = await openTestDatabase({ kind: "postgres", url });
  const { watch, close } = openPostgres(url, log);
  const bus = createSharedGenerationBus((text) => channel.publish(text));
  const listening = newGate();
  const channel = openPostgresChannel({
    url,
    name: "firstframe_generations",
    watch,
    onText: (text) => bus.hear(text),
    onGap: () => {
      bus.missed();
      listening.open();
    },
  });
  await listening.opened;
  closers.push(async () => {
    await bus.close();
    await channel.close();
    close();
    await database.close();
  });
  const generations = createGenerationRepository(database.db, bus);
  return { bus, db: database.db, generations, changes: createChangeReader(generations, bus) };
}

async function eventually<Value>(look: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await look();
    } catch {
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

describe("a Postgres that goes away", () => {
  it("is answered for with 503 and a sentence, and works again when it is back, with nobody restarted", async () => {
    const { generations } = await openProcess(throughLine(place.url, line));
    const { generation } = await insertSome(generations);
    await line.cut();
    const error = await generations.find(generation.id).catch((thrown: unknown) => thrown);
    expect(isAppError(error) && error.status).toBe(503);
    expect(isAppError(error) && error.message).toContain("database does not answer just now");
    await line.mend();
    expect(await eventually(() => generations.find(generation.id))).toEqual(generation);
  });

  it("in the middle of a transaction leaves nothing half written", async () => {
    const { generations, db } = await openProcess(throughLine(place.url, line));
    const direct = await openProcess(place.url);
    const broken = db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto("pending_blobs")
        .values({ id: "req_1", blob_key: "k", created_at: 1 })
        .execute();
      await line.cut();
      await transaction.selectFrom("pending_blobs").selectAll().execute();
    });
    await expect(broken).rejects.toThrow("does not answer");
    await line.mend();
    await eventually(() => generations.lastEventId(OWNER));
    expect(await direct.db.selectFrom("pending_blobs").selectAll().execute()).toEqual([]);
  });

  it("does not end a worker: it works on when the database is back", async () => {
    const { generations } = await openProcess(throughLine(place.url, line));
    const direct = await openProcess(place.url);
    const [failed, worked] = [newGate(), newGate()];
    const workedOn: string[] = [];
    const worker = startWorker({
      lease: () => generations.leaseDue({ holder: "wrk_1", until: LATER + 60_000 }, LATER),
      work: async ({ id }) => {
        workedOn.push(id);
        worked.open();
      },
      release: async () => {},
      onError: failed.open,
      concurrency: 1,
      restMs: 20,
    });
    closers.push(() => worker.stop());
    await line.cut();
    await failed.opened;
    const { generation } = await insertSome(direct.generations, { state: "saving" });
    await line.mend();
    await worked.opened;
    expect(workedOn[0]).toBe(generation.id);
  });

  it("is waited for at the start", async () => {
    await line.cut();
    const waiting = waitForPostgres(throughLine(place.url, line), log);
    await line.mend();
    await waiting;
  });

  it("but refuses us stops the start, and names the setting", async () => {
    const wrong = new URL(place.url);
    wrong.pathname = "/no_such_database";
    await expect(waitForPostgres(wrong.href, log)).rejects.toThrow(/^DATABASE_URL: .*no_such_database/);
  });
});

describe("a stream of one process", () => {
  async function streamOf(process: Awaited<ReturnType<typeof openProcess>>) {
    const stop = new AbortController();
    const stream = streamGenerations({
      ...process,
      ownerId: OWNER,
      after: null,
      pingMs: 600_000,
      signal: stop.signal,
    });
    closers.push(async () => {
      stop.abort();
      await stream.return(undefined);
    });
    expect((await stream.next()).value?.type).toBe("snapshot");
    return async () => {
      const { value } = await stream.next();
      return value?.type === "generation" ? value.view.id : value?.type;
    };
  }

  it("tells at once what another process has written", async () => {
    const reader = await openProcess(place.url);
    const writer = await openProcess(place.url);
    const next = await streamOf(reader);
    const told = next();
    const { generation } = await insertSome(writer.generations);
    expect(await told).toBe(generation.id);
  });

  it("whose ear was cut off tells what happened meanwhile as soon as it hears again", async () => {
    const reader = await openProcess(throughLine(place.url, line));
    const writer = await openProcess(place.url);
    const next = await streamOf(reader);
    const told = next();
    await line.cut();
    const { generation } = await insertSome(writer.generations);
    await line.mend();
    expect(await told).toBe(generation.id);
  });
});

describe("several processes that start at once on an empty database", () => {
  it("make its tables once", async () => {
    const opened = await Promise.all(
      Array.from({ length: 5 }, () => openTestDatabase({ kind: "postgres", url: place.url })),
    );
    closers.push(...opened.map((database) => database.close));
    for (const { db } of opened)
      expect(await createGenerationRepository(db, createGenerationBus()).lastEventId(OWNER)).toBe(0);
  });
});
