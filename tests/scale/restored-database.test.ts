import { afterEach, beforeEach, expect, it } from "vitest";
import { holdBackRestored } from "@/lib/server/backup/hold-back-restored";
import { createChangeReader } from "@/lib/server/generations/change-reader";
import { createGenerationBus } from "@/lib/server/generations/generation-bus";
import { createGenerationRepository } from "@/lib/server/generations/generation-repository";
import { streamGenerations } from "@/lib/server/generations/stream-generations";
import { createBeatRepository } from "@/lib/server/operations/beat-repository";
import { AT, insertSome, OWNER } from "@/tests/support/some-generation";
import {
  dropDatabasePlace,
  newPostgresPlace,
  openTestDatabase,
  type TestDatabase,
} from "@/tests/support/test-database";

let database: TestDatabase;
let url: string;
beforeEach(async () => {
  const place = await newPostgresPlace();
  url = place.url;
  database = await openTestDatabase(place);
});
afterEach(async () => {
  await database.close();
  await dropDatabasePlace(database.place);
});
const generations = () => createGenerationRepository(database.db, createGenerationBus());
const holdBack = (now = AT) => holdBackRestored({ databaseUrl: url, dataDir: "/nowhere" }, now);

it("a PostgreSQL that was put back sends nothing of what was under way, however often that is seen to", async () => {
  const { generation: waiting } = await insertSome(generations());
  const { generation: running } = await insertSome(generations(), {
    state: "running",
    remoteTask: { taskId: "task-1" },
  });
  expect(await holdBack()).toBe(1);
  expect(await holdBack()).toBe(0);
  expect(await generations().find(waiting.id)).toMatchObject({
    state: "failed",
    failure: { kind: "restored-waiting", charged: "unknown" },
  });
  expect(await generations().find(running.id)).toMatchObject({ state: "running", restoredAt: AT });
});

it("a PostgreSQL that was put back shows open pages all of it anew, whether they know more or less than the dump", async () => {
  const { generation } = await insertSome(generations(), { state: "running" });
  const atDump = await generations().lastEventId(OWNER);
  await holdBack();
  // The studio has gone on since, further than any page has seen.
  for (let count = 0; count < 5; count += 1) await insertSome(generations(), { state: "running" });
  for (const after of [1, atDump, atDump + 3]) {
    const leaving = new AbortController();
    const bus = createGenerationBus();
    const items = streamGenerations({
      ...{ generations: generations(), bus, changes: createChangeReader(generations(), bus) },
      ...{ ownerId: OWNER, after, pingMs: 60_000, signal: leaving.signal },
    });
    const first = await items.next();
    leaving.abort();
    await items.return(undefined);
    expect(first.value, `after ${after}`).toMatchObject({ type: "snapshot" });
  }
  const row = await generations().find(generation.id);
  expect(row?.version).toBeGreaterThan(generation.version + 1000);
});

it("an empty PostgreSQL is left as empty as the dump needs it", async () => {
  const empty = await newPostgresPlace();
  try {
    for (const _ of ["once", "again"]) {
      await expect(holdBackRestored({ databaseUrl: empty.url, dataDir: "/nowhere" }, AT)).rejects.toThrow(
        /There is no studio in this database/,
      );
    }
  } finally {
    await dropDatabasePlace(empty);
  }
});

it("a database on which a worker is at work is left alone", async () => {
  await createBeatRepository(database.db).beat("wrk_1", true, AT - 5_000);
  const { generation } = await insertSome(generations());
  await expect(holdBack()).rejects.toThrow(/Stop every process/);
  expect(await generations().find(generation.id)).toMatchObject({ state: "queued", restoredAt: null });
  expect(await holdBack(AT + 60_000)).toBe(1);
});
