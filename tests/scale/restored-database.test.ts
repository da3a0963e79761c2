import { afterEach, beforeEach, expect, it } from "vitest";
import { holdBackRestored } from "@/lib/server/backup/hold-back-restored";
import { createGenerationBus } from "@/lib/server/generations/generation-bus";
import { createGenerationRepository } from "@/lib/server/generations/generation-repository";
import { createBeatRepository } from "@/lib/server/operations/beat-repository";
import { AT, insertSome } from "@/tests/support/some-generation";
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

it("a database on which a worker is at work is left alone", async () => {
  await createBeatRepository(database.db).beat("wrk_1", true, AT - 5_000);
  const { generation } = await insertSome(generations());
  await expect(holdBack()).rejects.toThrow(/Stop every process/);
  expect(await generations().find(generation.id)).toMatchObject({ state: "queued", restoredAt: null });
  expect(await holdBack(AT + 60_000)).toBe(1);
});
