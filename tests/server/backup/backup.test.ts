import { mkdir, mkdtemp, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeBackup } from "@/lib/server/backup/make-backup";
import { restoreBackup } from "@/lib/server/backup/restore-backup";
import { lockDataFolder } from "@/lib/server/db/data-folder-lock";
import { createChangeReader } from "@/lib/server/generations/change-reader";
import { streamGenerations } from "@/lib/server/generations/stream-generations";
import { readAuthSecret } from "@/lib/server/secrets";
import { createScriptedVendor } from "@/tests/support/scripted-vendor";
import { insertSome } from "@/tests/support/some-generation";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop } from "@/tests/support/test-workshop";

const NOW = Date.parse("2026-11-21T12:00:00Z");
let studio: TestStudio;
let place: string;
let folder: string;
let restored: string;
beforeEach(async () => {
  studio = await openTestStudio();
  place = await mkdtemp(join(tmpdir(), "firstframe-backup-"));
  [folder, restored] = [join(place, "backup"), join(place, "restored")];
});
afterEach(async () => {
  await studio.remove();
  await rm(place, { recursive: true, force: true });
});

const backUp = () => makeBackup({ dataDir: studio.dataDir, folder, now: NOW });
const restore = (dataDir = restored) => restoreBackup({ dataDir, folder, now: NOW });
const upload = () => openWorkshop(studio, createScriptedVendor({}).fetch).uploadPicture();

/** What a studio that is started on the restored folder has. */
async function reopened<Value>(use: (studio: TestStudio) => Promise<Value>): Promise<Value> {
  const again = await openTestStudio(restored);
  try {
    return await use(again);
  } finally {
    await again.close();
  }
}

describe("a backup", () => {
  it("made while files and rows keep coming has every file that its rows name", async () => {
    let isOver = false;
    let count = 0;
    const busy = (async () => {
      for (; !isOver; count += 1) {
        await openWorkshop(studio, createScriptedVendor({}).fetch).uploadPicture(OWNER, [300 + count, 300]);
        await insertSome(studio.generations);
      }
    })();
    while (count < 2) await new Promise(setImmediate);
    const before = count;
    await backUp();
    isOver = true;
    await busy;
    await restore();
    await reopened(async ({ db, storage }) => {
      const assets = await db.selectFrom("assets").selectAll().execute();
      expect(assets.length).toBeGreaterThanOrEqual(before);
      for (const { blob_key, preview_key, size_bytes } of assets) {
        expect(await storage.stat(blob_key)).toEqual({ sizeBytes: size_bytes });
        expect(await storage.stat(preview_key ?? "")).not.toBeNull();
      }
    });
  });

  it("has clips that were fetched and not stored yet, and the secret that sessions are signed with", async () => {
    const { id } = (await insertSome(studio.generations, { state: "saving" })).generation;
    await writeFile(studio.incoming.pathFor(`${id}.mp4`), "a fetched film");
    const env = { dataDir: studio.dataDir, signIn: { secret: null } };
    const secret = readAuthSecret(env);
    expect(await backUp()).toMatchObject({ hasSecrets: true });
    await restore();
    expect((await stat(join(restored, "incoming/named", `${id}.mp4`))).size).toBe(14);
    expect(readAuthSecret({ ...env, dataDir: restored })).toBe(secret);
    expect((await stat(join(restored, "secrets.json"))).mode & 0o777).toBe(0o600);
    expect((await stat(restored)).mode & 0o777).toBe(0o700);
  });

  it("that lacks a file which a row names is refused now, and by every restore", async () => {
    const asset = await studio.assets.find(OWNER, await upload());
    await studio.storage.remove(asset?.blobKey ?? "");
    await expect(backUp()).rejects.toThrow(/not whole.*assets\//);
    await expect(readdir(folder)).rejects.toThrow();
    await expect(restore()).rejects.toThrow(/no whole backup/);
    await expect(readdir(restored)).rejects.toThrow();
  });

  it("that fails says why and leaves nothing behind, nor takes away a folder that was there", async () => {
    const empty = join(place, "empty");
    await mkdir(empty);
    const target = join(place, "new", "backup");
    const from = (dataDir: string, to: string) => makeBackup({ dataDir, folder: to, now: NOW });
    await expect(from(empty, target)).rejects.toThrow(/^There is nothing to back up in .*Is DATA_DIR set/);
    await writeFile(join(empty, "firstframe.sqlite"), "no database at all, however long it is".repeat(200));
    await expect(from(empty, target)).rejects.toThrow(/^The database in .* could not be copied/);
    await mkdir(folder);
    await expect(from(empty, folder)).rejects.toThrow(/could not be copied/);
    expect((await readdir(place)).sort()).toEqual(["backup", "empty"]);
    expect(await readdir(folder)).toEqual([]);
  });

  it("takes a folder of its own, outside the data folder", async () => {
    await mkdir(folder);
    await writeFile(join(folder, "mine.txt"), "mine");
    await expect(backUp()).rejects.toThrow(/is not empty/);
    expect(await readdir(folder)).toEqual(["mine.txt"]);
    const inside = makeBackup({ dataDir: studio.dataDir, folder: join(studio.dataDir, "backup"), now: NOW });
    await expect(inside).rejects.toThrow(/inside the data folder/);
  });
});

describe("a restore", () => {
  it("sends nothing again: what waited to be sent is closed, what was at the vendor goes on", async () => {
    const waiting = (await insertSome(studio.generations)).generation.id;
    const demo = (
      await insertSome(studio.generations, { connection: { id: "demo", label: "Demo", isDemo: true } })
    ).generation.id;
    const running = (
      await insertSome(studio.generations, { state: "running", remoteTask: { taskId: "task-1" } })
    ).generation.id;
    await backUp();
    expect(await restore()).toMatchObject({ closedCount: 1 });
    await reopened(async ({ generations }) => {
      expect(await generations.find(waiting)).toMatchObject({
        state: "failed",
        failure: { kind: "restored-waiting", charged: "unknown" },
      });
      expect(await generations.find(demo)).toMatchObject({ state: "queued" });
      expect(await generations.find(running)).toMatchObject({
        state: "running",
        remoteTask: { taskId: "task-1" },
      });
    });
  });

  it("shows every open page all of it anew, whether it knows more or less than the backup", async () => {
    const { generation } = await insertSome(studio.generations, { state: "running" });
    const atBackup = await studio.generations.lastEventId(OWNER);
    await backUp();
    await insertSome(studio.generations);
    const afterBackup = await studio.generations.lastEventId(OWNER);
    expect(afterBackup).toBeGreaterThan(atBackup);
    await restore();
    await reopened(async ({ generations, bus }) => {
      // The studio has gone on since, further than any page has seen.
      const createdAt = generation.createdAt + 1000;
      for (let count = 0; count < 5; count += 1)
        await insertSome(generations, { state: "running", createdAt });
      // Forgetting old events must not bring that of the backup within reach again.
      await generations.pruneEvents(generation.createdAt + 1);
      for (const after of [1, atBackup, afterBackup, afterBackup + 100]) {
        const leaving = new AbortController();
        const items = streamGenerations({
          generations,
          bus,
          changes: createChangeReader(generations, bus),
          ownerId: OWNER,
          after,
          pingMs: 60_000,
          signal: leaving.signal,
        });
        const first = await items.next();
        leaving.abort();
        await items.return(undefined);
        expect(first.value, `after ${after}`).toMatchObject({ type: "snapshot" });
      }
      const row = await generations.find(generation.id);
      expect(row?.version).toBeGreaterThan(generation.version + 1000);
    });
  });

  it("is refused into a folder that is not empty, and leaves it as it was", async () => {
    await backUp();
    await mkdir(restored);
    await writeFile(join(restored, "mine.txt"), "mine");
    await expect(restore()).rejects.toThrow(/is not empty/);
    expect(await readdir(restored)).toEqual(["mine.txt"]);
  });

  it("is refused into a folder on which a studio runs", async () => {
    await backUp();
    await mkdir(restored);
    const lock = lockDataFolder(restored);
    await expect(restore()).rejects.toThrow(/Another Firstframe is running/);
    lock.release();
  });

  it("is refused from a damaged backup, before anything is written", async () => {
    const asset = await studio.assets.find(OWNER, await upload());
    await backUp();
    await rm(join(folder, "storage", asset?.blobKey ?? ""));
    await expect(restore()).rejects.toThrow(/is damaged: of storage\/assets\/.* it has nothing/);
    await expect(readdir(restored)).rejects.toThrow();
  });

  it("from a damaged database leaves the folder as empty as it was", async () => {
    await upload();
    await backUp();
    await truncate(join(folder, "firstframe.sqlite"), 5000);
    await expect(restore()).rejects.toThrow(/cannot be used/);
    expect(await readdir(restored)).toEqual([]);
  });
});
