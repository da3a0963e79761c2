import { type Dialect, Kysely, Migrator, type Transaction } from "kysely";
import * as firstTables from "./migrations/0001-first-tables";
import * as remoteTaskId from "./migrations/0003-remote-task-id";
import * as spend from "./migrations/0004-spend";
import * as unreadInputs from "./migrations/0005-unread-inputs";
import * as renditions from "./migrations/0006-renditions";
import * as cancelRefusal from "./migrations/0007-cancel-refusal";
import * as startQueue from "./migrations/0008-start-queue";
import * as people from "./migrations/0009-people";
import * as eventHorizon from "./migrations/0010-event-horizon";
import * as taskRuns from "./migrations/0011-task-runs";
import * as beats from "./migrations/0012-beats";
import * as urgentFirst from "./migrations/0013-urgent-first";
import * as restored from "./migrations/0015-restored";
import * as filmSpool from "./migrations/0016-film-spool";
import type { Tables } from "./schema";

export type Database = Kysely<Tables>;
export type DatabaseTransaction = Transaction<Tables>;

/**
 * Opens the database and brings its tables up to date; throws where a migration fails, having changed nothing. Several
 * processes may do so at once: on Postgres the migrator holds an advisory lock, on SQLite we are alone.
 */
export async function openDatabase(dialect: Dialect, migrationDialect?: Dialect): Promise<Database> {
  const db = new Kysely<Tables>({ dialect });
  const migrating = migrationDialect ? new Kysely<Tables>({ dialect: migrationDialect }) : db;
  try {
    await migrate(migrating);
  } catch (error) {
    await db.destroy();
    throw error;
  } finally {
    if (migrating !== db) await migrating.destroy();
  }
  return db;
}

async function migrate(db: Database): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: async () => ({
        "0001-first-tables": firstTables,
        "0003-remote-task-id": remoteTaskId,
        "0004-spend": spend,
        "0005-unread-inputs": unreadInputs,
        "0006-renditions": renditions,
        "0007-cancel-refusal": cancelRefusal,
        "0008-start-queue": startQueue,
        "0009-people": people,
        "0010-event-horizon": eventHorizon,
        "0011-task-runs": taskRuns,
        "0012-beats": beats,
        "0013-urgent-first": urgentFirst,
        "0015-restored": restored,
        "0016-film-spool": filmSpool,
      }),
    },
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw new Error("The database could not be brought up to date", { cause: error });
}
