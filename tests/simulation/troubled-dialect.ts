import type {
  CompiledQuery,
  DatabaseConnection,
  Dialect,
  Driver,
  QueryResult,
  TransactionSettings,
} from "kysely";

/**
 * A database that may fail at any query, at the beginning of a transaction, and at its end: with nothing written, or
 * with everything written and only the answer lost. `strike` throws where it does.
 */
export function troubledDialect(inner: Dialect, strike: () => void): Dialect {
  return {
    createAdapter: () => inner.createAdapter(),
    createDriver: () => new TroubledDriver(inner.createDriver(), strike),
    createIntrospector: (db) => inner.createIntrospector(db),
    createQueryCompiler: () => inner.createQueryCompiler(),
  };
}

class TroubledConnection implements DatabaseConnection {
  isInTransaction = false;

  constructor(
    readonly inner: DatabaseConnection,
    private readonly strike: () => void,
  ) {}

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    this.strike();
    const result = await this.inner.executeQuery<Row>(query);
    // Outside of a transaction this was one.
    if (!this.isInTransaction) this.strike();
    return result;
  }

  streamQuery<Row>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    return this.inner.streamQuery<Row>(query, chunkSize);
  }
}

class TroubledDriver implements Driver {
  constructor(
    private readonly inner: Driver,
    private readonly strike: () => void,
  ) {}

  init = () => this.inner.init();
  destroy = () => this.inner.destroy();

  async acquireConnection(): Promise<TroubledConnection> {
    return new TroubledConnection(await this.inner.acquireConnection(), this.strike);
  }

  releaseConnection = ({ inner }: TroubledConnection) => this.inner.releaseConnection(inner);

  async beginTransaction(connection: TroubledConnection, settings: TransactionSettings): Promise<void> {
    this.strike();
    await this.inner.beginTransaction(connection.inner, settings);
    connection.isInTransaction = true;
  }

  async commitTransaction(connection: TroubledConnection): Promise<void> {
    this.strike();
    await this.inner.commitTransaction(connection.inner);
    connection.isInTransaction = false;
    this.strike();
  }

  async rollbackTransaction(connection: TroubledConnection): Promise<void> {
    connection.isInTransaction = false;
    await this.inner.rollbackTransaction(connection.inner);
  }
}
