import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DatabaseTransaction } from "@/lib/server/db/database";
import { createGenerationBus } from "@/lib/server/generations/generation-bus";
import { createGenerationRepository } from "@/lib/server/generations/generation-repository";
import { newGate } from "@/tests/support/gate";
import { insertSome, OWNER } from "@/tests/support/some-generation";
import {
  dropDatabasePlace,
  newPostgresPlace,
  openTestDatabase,
  type TestDatabase,
} from "@/tests/support/test-database";

let first: TestDatabase;
let second: TestDatabase;

beforeEach(async () => {
  const place = await newPostgresPlace();
  first = await openTestDatabase(place);
  second = await openTestDatabase(place);
});
afterEach(async () => {
  await Promise.all([first.close(), second.close()]);
  await dropDatabasePlace(first.place);
});

const generationsOf = ({ db }: TestDatabase) => createGenerationRepository(db, createGenerationBus());

/** A transaction that stays open until it is told to commit. */
function begin({ db }: TestDatabase, work: (transaction: DatabaseTransaction) => Promise<unknown>) {
  const [begun, told] = [newGate(), newGate()];
  const ended = db.transaction().execute(async (transaction) => {
    await work(transaction);
    begun.open();
    await told.opened;
  });
  return {
    hasBegun: Promise.race([begun.opened, ended]),
    commit() {
      told.open();
      return ended;
    },
  };
}

const bareEvent = (generationId: string) => (transaction: DatabaseTransaction) =>
  transaction
    .insertInto("generation_events")
    .values({ generation_id: generationId, owner_id: OWNER, type: "created", version: 1, at: 0 })
    .execute();

/** Resolves when a connection waits for a turn. */
async function waitForAQueue({ db }: TestDatabase): Promise<void> {
  for (;;) {
    const { rows } = await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`.execute(
      db,
    );
    if (rows.length > 0) return;
  }
}

describe("the ids of an owner's events", () => {
  it("are not the order of commits by themselves: a reader would pass one that is still open", async () => {
    const open = begin(first, bareEvent("gen_early"));
    await open.hasBegun;
    await second.db.transaction().execute(bareEvent("gen_late"));
    const [late] = await generationsOf(second).listEvents(OWNER, 0, 10);
    expect(late?.generationId).toBe("gen_late");
    await open.commit();
    // What a stream that has read so far would be told next: nothing, and the early event never.
    expect(await generationsOf(second).listEvents(OWNER, late?.id ?? 0, 10)).toEqual([]);
    expect(await generationsOf(second).listEvents(OWNER, 0, 10)).toHaveLength(2);
  });

  it("come from the repository in the order of commits, with a transaction open in between", async () => {
    const generations = generationsOf(first);
    const { generation: saving } = await insertSome(generations, { state: "saving" });
    const before = await generations.lastEventId(OWNER);

    const [begun, told] = [newGate(), newGate()];
    const early = generations.applyEvent(saving, async () => {
      begun.open();
      await told.opened;
      return { type: "stored", at: 1, videoAssetId: "ast_v", posterAssetId: "ast_p" };
    });
    await begun.opened;
    const late = insertSome(generationsOf(second));
    await waitForAQueue(first);
    expect(await generationsOf(second).listEvents(OWNER, before, 10)).toEqual([]);
    told.open();
    const { generation } = await late;
    await early;
    const events = await generations.listEvents(OWNER, before, 10);
    expect(events.map((event) => event.generationId)).toEqual([saving.id, generation.id]);
  });

  it("of another owner do not wait", async () => {
    const open = begin(first, bareEvent("gen_early"));
    await open.hasBegun;
    await insertSome(generationsOf(second), { ownerId: "usr_b" });
    expect(await generationsOf(second).listEvents("usr_b", 0, 10)).toHaveLength(1);
    await open.commit();
  });

  it("are never passed by a reader while many write at once from two processes", async () => {
    const passed: number[] = [];
    let isWriting = true;
    const reading = (async () => {
      for (let position = 0, isLast = false; !isLast; ) {
        isLast = !isWriting;
        const events = await generationsOf(second).listEvents(OWNER, position, 1000);
        passed.push(...events.map(({ id }) => id));
        position = passed.at(-1) ?? 0;
      }
    })();
    const writers = [first, second].flatMap((database) =>
      Array.from({ length: 5 }, async () => {
        for (let count = 0; count < 20; count += 1) await insertSome(generationsOf(database));
      }),
    );
    await Promise.all(writers);
    isWriting = false;
    await reading;
    expect(passed).toHaveLength(200);
  });
});
