import { setTimeout as pause } from "node:timers/promises";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type SqliteDatabase,
  SqliteDialect,
  type TransactionSettings,
} from "kysely";
import { isBusy, toAppError } from "./sqlite-errors";

const RETRY_EVERY_MS = 50;
const WRITES = new Set(["InsertQueryNode", "UpdateQueryNode", "DeleteQueryNode", "MergeQueryNode"]);

type Sqlite = SqliteDatabase & { exec(sql: string): unknown };

/**
 * SQLite that waits up to `patienceMs` for another program's lock without stopping this one: the library's own waiting holds
 * the whole process. Meanwhile others may read. Trouble that is not the query's becomes an AppError.
 *
 * The write lock is always taken by `exec`, before anything else: a prepared statement that finds the database locked is left
 * half run by libsql, and from then on no transaction can be committed ("SQL statements in progress").
 */
export class PatientSqliteDialect extends SqliteDialect {
  readonly #sqlite: Sqlite;
  readonly #patienceMs: number;

  constructor(sqlite: Sqlite, patienceMs: number) {
    super({ database: sqlite });
    this.#sqlite = sqlite;
    this.#patienceMs = patienceMs;
  }

  override createDriver(): Driver {
    return new PatientDriver(super.createDriver(), this.#sqlite, this.#patienceMs);
  }
}

class PatientDriver implements Driver {
  readonly #inner: Driver;
  readonly #sqlite: Sqlite;
  readonly #patienceMs: number;

  constructor(inner: Driver, sqlite: Sqlite, patienceMs: number) {
    this.#inner = inner;
    this.#sqlite = sqlite;
    this.#patienceMs = patienceMs;
  }

  init = () => this.#inner.init();
  destroy = () => this.#inner.destroy();

  async acquireConnection(): Promise<PatientConnection> {
    const connection = await this.#inner.acquireConnection();
    return new PatientConnection(this.#inner, connection, this.#sqlite, this.#patienceMs);
  }

  releaseConnection = (connection: PatientConnection) => connection.release();

  beginTransaction = (connection: PatientConnection, { accessMode }: TransactionSettings) =>
    connection.begin(accessMode === "read only" ? "begin" : "begin immediate");

  commitTransaction = async (connection: PatientConnection) => connection.commit();

  rollbackTransaction = async (connection: PatientConnection) => connection.rollback();
}

class PatientConnection implements DatabaseConnection {
  readonly #driver: Driver;
  readonly #sqlite: Sqlite;
  readonly #patienceMs: number;
  #inner: DatabaseConnection;
  #isInTransaction = false;

  constructor(driver: Driver, inner: DatabaseConnection, sqlite: Sqlite, patienceMs: number) {
    this.#driver = driver;
    this.#inner = inner;
    this.#sqlite = sqlite;
    this.#patienceMs = patienceMs;
  }

  release(): Promise<void> {
    return this.#driver.releaseConnection(this.#inner);
  }

  async begin(sql: "begin" | "begin immediate"): Promise<void> {
    const until = performance.now() + this.#patienceMs;
    for (;;) {
      try {
        this.#sqlite.exec(sql);
        this.#isInTransaction = true;
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() >= until) throw toAppError(error);
      }
      await this.release();
      await pause(RETRY_EVERY_MS);
      this.#inner = await this.#driver.acquireConnection();
    }
  }

  commit(): void {
    try {
      this.#sqlite.exec("commit");
      this.#isInTransaction = false;
    } catch (error) {
      throw toAppError(error);
    }
  }

  rollback(): void {
    this.#isInTransaction = false;
    try {
      this.#sqlite.exec("rollback");
    } catch (error) {
      // A full or broken disk has rolled it back already.
      if (!(error instanceof Error && /no transaction is active/.test(error.message))) throw error;
    }
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#isInTransaction || !WRITES.has(query.query.kind)) return this.#run<Row>(query);
    await this.begin("begin immediate");
    try {
      const result = await this.#run<Row>(query);
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  async #run<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    try {
      return await this.#inner.executeQuery<Row>(query);
    } catch (error) {
      throw toAppError(error);
    }
  }

  streamQuery<Row>(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult<Row>> {
    return this.#inner.streamQuery<Row>(query, chunkSize ?? 0);
  }
}
