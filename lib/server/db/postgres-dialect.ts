import { setTimeout as pause } from "node:timers/promises";
import { type Dialect, Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { EnvError } from "../env-error";
import type { Log } from "../log";
import { postgresConfig } from "./postgres-config";
import { troubleOf } from "./postgres-errors";
import { createPostgresPool } from "./postgres-pool";
import { createPostgresWatch, type PostgresWatch } from "./postgres-watch";

/** With the one that listens, eleven connections a process. */
const CONNECTIONS_MAX = 10;
const RETRY_MS = 1000;

/** Nothing we ask takes seconds: what does is given up, so that a frozen process or network holds up nobody else. */
const LIMITS = {
  statement_timeout: 25_000,
  query_timeout: 30_000,
  lock_timeout: 10_000,
  idle_in_transaction_session_timeout: 15_000,
};

export type Postgres = {
  dialect: Dialect;
  /** Without the limits above: a migration, or the wait for that of another process, may take its time. */
  migrationDialect: Dialect;
  watch: PostgresWatch;
  close(): void;
};

/** Connects when first used. A server that is lost is waited for; `watch` knows whether it is. */
export function openPostgres(url: string, log: Log): Postgres {
  const config = postgresConfig(url);
  const watch: PostgresWatch = createPostgresWatch(log, async () => {
    const probe = new Kysely({ dialect: new PostgresDialect({ pool: onePool() }) });
    try {
      await sql`select 1`.execute(probe);
    } finally {
      await probe.destroy();
    }
  });
  const onePool = () => createPostgresPool({ ...config, max: 1 }, watch);
  return {
    dialect: new PostgresDialect({
      pool: createPostgresPool({ ...config, ...LIMITS, max: CONNECTIONS_MAX }, watch),
    }),
    migrationDialect: new PostgresDialect({ pool: createPostgresPool({ ...config, max: 2 }, watch) }),
    watch,
    close: () => watch.close(),
  };
}

/** Comes back when the server answers. Throws an EnvError where it does and refuses us: waiting would not help. */
export async function waitForPostgres(url: string, log: Log): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const client = new pg.Client(postgresConfig(url));
    client.on("error", () => {});
    try {
      await client.connect();
      return;
    } catch (error) {
      if (troubleOf(error) === null) {
        const why = error instanceof Error ? error.message : String(error);
        throw new EnvError(`DATABASE_URL: the database refuses this: ${why}.`, { cause: error });
      }
      if (attempt === 0) log.warn({ error }, "the database does not answer; waiting for it");
      await pause(RETRY_MS);
    } finally {
      await client.end().catch(() => {});
    }
  }
}
