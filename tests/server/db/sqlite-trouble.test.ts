import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import Libsql from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "@/lib/server/db/database";
import { openSqlite } from "@/lib/server/db/sqlite-dialect";
import { createGenerationBus } from "@/lib/server/generations/generation-bus";
import { createGenerationRepository } from "@/lib/server/generations/generation-repository";
import { insertSome, OWNER } from "@/tests/support/some-generation";

let folder: string;
let file: string;
let db: Database;
/** A backup or a shell, on a connection of its own. */
let other: InstanceType<typeof Libsql>;

async function open(patienceMs: number) {
  db = await openDatabase(openSqlite(file, patienceMs));
  other = new Libsql(file);
  return createGenerationRepository(db, createGenerationBus());
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "firstframe-sqlite-"));
  file = join(folder, "firstframe.sqlite");
});
afterEach(async () => {
  other.close();
  await db.destroy();
  await rm(folder, { recursive: true, force: true });
});

describe("a database that another program has locked", () => {
  it("is waited for, and the order goes through", async () => {
    const generations = await open(60_000);
    other.exec("begin immediate");
    const order = insertSome(generations);
    // Whatever else this process does goes on meanwhile, reading included.
    const page = await generations.listPage(OWNER, { before: null, limit: 10 });
    expect(page.generations).toEqual([]);
    other.exec("commit");
    const { generation } = await order;
    expect(await generations.find(generation.id)).toEqual(generation);
  });

  it("does not let a worker's claim hold up a page", async () => {
    const generations = await open(60_000);
    other.exec("begin immediate");
    let isClaimed = false;
    const claim = generations.leaseDue({ holder: "wrk_a", until: 1 }, 0).then(() => {
      isClaimed = true;
    });
    for (let reads = 0; reads < 20; reads += 1) await generations.lastEventId(OWNER);
    expect(isClaimed).toBe(false);
    other.exec("commit");
    await claim;
  });

  it("for too long refuses the order in words, and makes no half of it", async () => {
    const generations = await open(120);
    other.exec("begin immediate");
    await expect(insertSome(generations)).rejects.toMatchObject({
      code: "unavailable",
      status: 503,
      message: expect.stringContaining("a draft is never ordered twice"),
    });
    other.exec("commit");
    expect((await generations.listPage(OWNER, { before: null, limit: 10 })).generations).toEqual([]);
    await insertSome(generations);
    expect(await generations.listEvents(OWNER, 0, 10)).toHaveLength(1);
  });
});

describe("a database whose disk is full", () => {
  it("refuses in words with 507, keeps what it has, and takes orders again when there is room", async () => {
    const generations = await open(1000);
    const { generation } = await insertSome(generations);
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
    await sql`pragma max_page_count = ${sql.lit(rows[0]?.page_count ?? 1)}`.execute(db);
    const longPrompt = { prompt: "a boat ".repeat(5000), resolution: "720P" as const, durationSeconds: 5 };
    await expect(insertSome(generations, { parameters: longPrompt })).rejects.toMatchObject({
      code: "storage-full",
      status: 507,
      message: expect.stringContaining("disk is full"),
    });
    expect(await generations.find(generation.id)).toEqual(generation);
    expect(await generations.listEvents(OWNER, 0, 10)).toHaveLength(1);
    await sql`pragma max_page_count = 1000000`.execute(db);
    await insertSome(generations, { parameters: longPrompt });
    expect(await generations.listEvents(OWNER, 0, 10)).toHaveLength(2);
  });
});
