import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import pg from "pg";
import { databaseUnavailable, troubleOf } from "./postgres-errors";
import type { PostgresWatch } from "./postgres-watch";

/**
 * A pool of `pg` connections that Kysely uses. What breaks under it becomes an AppError and is told to the watch; a
 * connection that broke is thrown away; numbers and texts cross in the types that SQLite has them in.
 */
export function createPostgresPool(config: pg.PoolConfig, watch: PostgresWatch): PostgresPool {
  const pool = new pg.Pool({ ...config, types: { getTypeParser } });
  // An idle connection that breaks is already out of the pool; unheard, this event would end the process.
  pool.on("error", (error) => watch.lost(error));

  return {
    async connect() {
      try {
        return new PooledClient(await pool.connect(), watch);
      } catch (error) {
        throw toUnavailable(error, watch);
      }
    },
    end: () => pool.end(),
  };
}

class PooledClient implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #watch: PostgresWatch;
  #brokenBy: Error | undefined;

  constructor(client: pg.PoolClient, watch: PostgresWatch) {
    this.#client = client;
    this.#watch = watch;
    // The pool listens to idle connections alone; one that breaks between two queries of a transaction is ours.
    client.on("error", this.#onError);
  }

  readonly #onError = (error: Error): void => {
    this.#brokenBy = error;
    this.#watch.lost(error);
  };

  query<Row>(sql: string, parameters: ReadonlyArray<unknown>): Promise<PostgresQueryResult<Row>>;
  query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>;
  query<Row>(
    sql: string | PostgresCursor<Row>,
    parameters: ReadonlyArray<unknown> = [],
  ): Promise<PostgresQueryResult<Row>> | PostgresCursor<Row> {
    if (typeof sql !== "string") throw new Error("Cursors are not in use here");
    return this.#run<Row>(sql, parameters);
  }

  async #run<Row>(sql: string, parameters: ReadonlyArray<unknown>): Promise<PostgresQueryResult<Row>> {
    try {
      const answer = await this.#client.query(sql, parameters.map(toParameter));
      this.#watch.answered();
      return answer as PostgresQueryResult<Row>;
    } catch (error) {
      if (troubleOf(error) === "lost" && error instanceof Error) this.#brokenBy = error;
      throw toUnavailable(error, this.#watch);
    }
  }

  release(): void {
    this.#client.off("error", this.#onError);
    this.#client.release(this.#brokenBy);
  }
}

function toUnavailable(error: unknown, watch: PostgresWatch): unknown {
  const trouble = troubleOf(error);
  if (trouble === null) return error;
  watch[trouble](error);
  return databaseUnavailable(error);
}

/** Postgres has no text with a zero in it and refuses the query; nothing of ours is named with one, so nothing is found. */
function toParameter(value: unknown): unknown {
  return typeof value === "string" && value.includes("\0") ? value.replaceAll("\0", "\ufffd") : value;
}

const { INT8, NUMERIC } = pg.types.builtins;

/** `pg` gives whole numbers of 64 bits, and so counts and sums, as text. Ours all fit a number, or it is an error. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: "text" | "binary") =>
  oid === INT8 || oid === NUMERIC ? parseNumber : pg.types.getTypeParser(oid, format as "text");

function parseNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new Error(`The database holds a number that is too large: ${text}`);
  }
  return value;
}
