import { open } from "node:fs/promises";
import Libsql from "libsql";
import type { Database } from "./database";
import { openDatabase } from "./database";
import { EVENT_ID_LEAP, VERSION_LEAP } from "./restored-leaps";
import { openSqlite } from "./sqlite-dialect";

/** A file that rows of the copy refer to. `sizeBytes` is null where no row says it. */
export type NamedFile = { key: string; sizeBytes: number | null };

/** Writes the database as it is at one moment into a new file, while another process works on it. */
export async function copySqlite(source: string, target: string): Promise<void> {
  const database = new Libsql(source, { readonly: true });
  try {
    database.exec("pragma busy_timeout = 10000");
    database.exec(`vacuum into '${target.replaceAll("'", "''")}'`);
  } finally {
    database.close();
  }
  const handle = await open(target, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What rows of the file refer to: files that have to be there, and those that can be made again. */
export function readNamedFiles(file: string): { needed: NamedFile[]; remade: NamedFile[]; saving: string[] } {
  const database = new Libsql(file, { readonly: true });
  const read = (sql: string) => database.prepare(sql).all() as { key: string; size: number | null }[];
  const named = (rows: { key: string; size: number | null }[]) =>
    rows.map(({ key, size }) => ({ key, sizeBytes: size === null ? null : Number(size) }));
  try {
    return {
      needed: named([
        ...read("select blob_key as key, max(size_bytes) as size from assets group by blob_key"),
        ...read("select distinct preview_key as key, null as size from assets where preview_key is not null"),
      ]),
      remade: named(read("select distinct blob_key as key, null as size from renditions")),
      saving: read("select id as key, null as size from generations where state = 'saving'").map(
        ({ key }) => key,
      ),
    };
  } finally {
    database.close();
  }
}

/** Where the clip of a generation is by now; null where it is not stored. */
export function findStoredClip(file: string, generationId: string): string | null {
  const database = new Libsql(file, { readonly: true });
  try {
    const row = database
      .prepare(
        "select a.blob_key as key from generations g join assets a on a.id = g.video_asset_id where g.id = ?",
      )
      .get(generationId) as { key: string } | undefined;
    return row?.key ?? null;
  } finally {
    database.close();
  }
}

/**
 * Opens a restored file, and moves its event ids and versions beyond all that pages may have seen since the backup: each
 * of them gets everything anew instead of taking old news for known. Throws where the file is damaged.
 */
export async function openRestored(file: string): Promise<Database> {
  const database = new Libsql(file);
  try {
    const verdict = database.prepare("pragma integrity_check").get() as { integrity_check: string };
    if (verdict.integrity_check !== "ok")
      throw new Error(`its database is damaged: ${verdict.integrity_check}`);
  } finally {
    database.close();
  }
  const db = await openDatabase(openSqlite(file));
  const leap = new Libsql(file);
  try {
    leap.exec("begin immediate");
    const { seq } = (leap.prepare("select seq from sqlite_sequence where name = 'generation_events'").get() as
      | { seq: number }
      | undefined) ?? { seq: 0 };
    const lastId = Number(seq) + EVENT_ID_LEAP;
    leap.prepare("delete from generation_events").run();
    leap.prepare("delete from sqlite_sequence where name = 'generation_events'").run();
    leap.prepare("insert into sqlite_sequence (name, seq) values ('generation_events', ?)").run(lastId);
    leap.prepare("delete from event_horizons where name = 'events'").run();
    leap.prepare("insert into event_horizons (name, pruned_id) values ('events', ?)").run(lastId);
    leap
      .prepare("update generations set version = version + ?, lease_holder = null, lease_until = null")
      .run(VERSION_LEAP);
    leap.prepare("delete from beats").run();
    leap.exec("commit");
  } finally {
    leap.close();
  }
  return db;
}
