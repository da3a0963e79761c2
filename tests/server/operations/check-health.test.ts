import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createBeatRepository } from "@/lib/server/operations/beat-repository";
import { createHealthCheck } from "@/lib/server/operations/check-health";
import { createCountRepository } from "@/lib/server/operations/count-repository";
import { createPulse } from "@/lib/server/operations/pulse";
import { createDiskStorage } from "@/lib/server/storage/disk-storage";
import { insertSome } from "@/tests/support/some-generation";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

function open({ storage = studio.storage, hasWorker = true } = {}) {
  const { db, clock } = studio;
  const beats = createBeatRepository(db);
  const stopping = new AbortController();
  const counts = createCountRepository(db);
  const check = createHealthCheck({
    ...{ id: "me", hasWorker, beats, counts, storage, clock },
    stopping: stopping.signal,
  });
  return { beats, check, stopping, pulse: createPulse(beats, "wrk_1", clock) };
}

async function beaten({ beats, pulse }: ReturnType<typeof open>): Promise<void> {
  const before = await beats.listWorkerBeats();
  pulse.onTurn();
  await vi.waitFor(async () => expect(await beats.listWorkerBeats()).not.toEqual(before));
}

it("is ready while a worker beats and database and storage take writes", async () => {
  const studio = open();
  await beaten(studio);
  expect(await studio.check()).toEqual({
    live: true,
    ready: true,
    database: "ok",
    storage: "ok",
    worker: { state: "ok", count: 1, lastBeatSecondsAgo: 0 },
    queue: { depth: 0, oldestWaitingSeconds: 0 },
  });
});

it("of a process that leaves the work to others is ready without them, and tells that they are away", async () => {
  const { check } = open({ hasWorker: false });
  expect(await check()).toMatchObject({ ready: true, worker: { state: "none" } });
});

it("of a process that does the work is not ready once it was silent for half a minute, nor where there was never a sound", async () => {
  const { check, ...opened } = open();
  expect(await check()).toMatchObject({ ready: false, worker: { state: "none", lastBeatSecondsAgo: null } });
  await beaten({ check, ...opened });
  studio.clock.advance(30_000);
  expect(await check()).toMatchObject({ ready: true });
  studio.clock.advance(1_000);
  expect(await check()).toMatchObject({ ready: false, worker: { state: "late", lastBeatSecondsAgo: 31 } });
});

it("a worker that ended as it should leaves no beat behind, whoever else works on", async () => {
  const { beats, check, pulse } = open();
  await beats.beat("wrk_2", true, studio.clock.now());
  await beaten({ beats, check, pulse } as ReturnType<typeof open>);
  expect((await check()).worker.count).toBe(2);
  await pulse.stop();
  studio.clock.advance(2_000);
  expect(await check()).toMatchObject({ ready: true, worker: { count: 1 } });
});

it("tells how many wait and since when, whoever's they are", async () => {
  const { check } = open();
  const now = studio.clock.now();
  await insertSome(studio.generations, { createdAt: now - 90_000 });
  await insertSome(studio.generations, { createdAt: now - 10_000, ownerId: "usr_other" });
  await insertSome(studio.generations, { createdAt: now - 900_000, state: "running" });
  expect((await check()).queue).toEqual({ depth: 2, oldestWaitingSeconds: 90 });
});

it("is not ready where the storage takes no files", async () => {
  const path = join(studio.dataDir, "no-folder");
  await writeFile(path, "");
  const opened = open({ storage: createDiskStorage(path) });
  await beaten(opened);
  expect(await opened.check()).toMatchObject({ ready: false, storage: "down", database: "ok" });
  await rm(path);
  studio.clock.advance(2_000);
  expect(await opened.check()).toMatchObject({ ready: true });
});

it("is not ready, and says so without throwing, where the database takes no writes", async () => {
  const opened = open();
  await beaten(opened);
  await studio.db.schema.dropTable("beats").execute();
  expect(await opened.check()).toMatchObject({ live: true, ready: false, database: "down" });
});

it("is not ready from the moment it stops, so that no new work is sent here", async () => {
  const opened = open();
  await beaten(opened);
  expect((await opened.check()).ready).toBe(true);
  opened.stopping.abort();
  expect((await opened.check()).ready).toBe(false);
});

it("looks once however many ask, and says nothing but counts", async () => {
  const opened = open();
  await beaten(opened);
  await insertSome(studio.generations, { ownerId: "usr_secret" });
  const asked = vi.spyOn(studio.storage, "probe");
  const all = await Promise.all(Array.from({ length: 20 }, () => opened.check()));
  expect(asked).toHaveBeenCalledTimes(1);
  expect(JSON.stringify(all)).not.toMatch(/usr_|gen_|wrk_|firstframe/);
});
