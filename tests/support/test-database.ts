import { randomBytes } from "node:crypto";
import { join } from "node:path";
import pg from "pg";
import { type Database, openDatabase } from "@/lib/server/db/database";
import { openPostgres, type Postgres } from "@/lib/server/db/postgres-dialect";
import { openSqlite } from "@/lib/server/db/sqlite-dialect";
import { createLog } from "@/lib/server/log";

/** A database of a test's own, as it is after a start. Opening its `place` again is what a new process would find. */
export type TestDatabase = {
  db: Database;
  place: DatabasePlace;
  close(): Promise<void>;
};

export type DatabasePlace = { kind: "sqlite"; file: string } | { kind: "postgres"; url: string };

/** The server that TEST_DATABASE_URL names, where it is set: it may make databases there, and is only for tests. */
export const testServerUrl = process.env.TEST_DATABASE_URL || null;

/** A new empty place: on the server where there is one, else a file in the folder. */
export async function newDatabasePlace(folder: string): Promise<DatabasePlace> {
  return testServerUrl ? newPostgresPlace() : { kind: "sqlite", file: join(folder, "firstframe.sqlite") };
}

export async function newPostgresPlace(): Promise<{ kind: "postgres"; url: string }> {
  if (!testServerUrl) throw new Error("TEST_DATABASE_URL names no server; `npm run test:scale` starts one");
  return { kind: "postgres", url: await createPostgresDatabase(testServerUrl) };
}

export async function openTestDatabase(place: DatabasePlace): Promise<TestDatabase> {
  if (place.kind === "sqlite") {
    const db = await openDatabase(openSqlite(place.file));
    return { db, place, close: () => db.destroy() };
  }
  const postgres: Postgres = openPostgres(place.url, createLog("silent"));
  const db = await openDatabase(postgres.dialect, postgres.migrationDialect);
  return {
    db,
    place,
    async close() {
      postgres.close();
      await db.destroy();
    },
  };
}

/** Takes a database of a test's away with all that is in it. */
export async function dropDatabasePlace(place: DatabasePlace): Promise<void> {
  if (place.kind === "sqlite" || !testServerUrl) return;
  const name = new URL(place.url).pathname.slice(1);
  await administer(testServerUrl, (client) =>
    client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`),
  );
}

async function createPostgresDatabase(serverUrl: string): Promise<string> {
  const name = `firstframe_test_${randomBytes(6).toString("hex")}`;
  await administer(serverUrl, (client) => client.query(`create database ${client.escapeIdentifier(name)}`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function administer(serverUrl: string, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
