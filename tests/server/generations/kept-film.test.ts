import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sweepSpool } from "@/lib/server/generations/sweep-spool";
import { MediaError, type MediaTaskName } from "@/lib/server/media/media-tasks";
import { openIncoming } from "@/lib/server/storage/incoming";
import { makeTestFilm } from "@/tests/support/finished-clip";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop } from "@/tests/support/test-workshop";

const HOUR_MS = 3_600_000;
let film: Buffer;
let studio: TestStudio;

beforeAll(async () => {
  film = await makeTestFilm();
});
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

const bytes = (length = film.length) => new Response(new Uint8Array(film.subarray(0, length)));
const gone = () => new Response("gone", { status: 404 });

/** An order whose film was tried to be saved once. After a day, or when told to, its vendor forgets task and file. */
async function finishedOne(...files: (() => Response)[]) {
  const goneAt = studio.clock.now() + 24 * HOUR_MS;
  let isForgotten = false;
  const hasForgotten = () => isForgotten || studio.clock.now() >= goneAt;
  const finished = {
    task_status: "SUCCEEDED",
    video_url: `https://93.184.216.34/x.mp4?Expires=${goneAt / 1000}`,
  };
  let fetched = 0;
  const vendor = createScriptedVendor({
    "POST /api/v1/services": [json(200, { output: { task_id: "t", task_status: "PENDING" } })],
    "GET /api/v1/tasks/": [
      () => json(200, { output: hasForgotten() ? { task_status: "UNKNOWN" } : finished, usage: {} }),
    ],
    "GET /x.mp4": [
      () => (hasForgotten() ? gone() : (files[Math.min(fetched++, files.length - 1)] ?? gone)()),
    ],
  });
  const shop = openWorkshop(studio, vendor.fetch);
  const id = await shop.createOne();
  await shop.advanceDue();
  studio.clock.advance(15_000);
  await shop.advanceDue();
  return {
    shop,
    id,
    vendor,
    forget() {
      isForgotten = true;
    },
    /** Every try that falls due in that time. */
    async pass(hours: number) {
      for (const until = studio.clock.now() + hours * HOUR_MS; studio.clock.now() < until; ) {
        studio.clock.advance(HOUR_MS / 4);
        await shop.advanceDue();
      }
    },
  };
}

/** As by a disk that is read-only, until it is told to take films. */
function refuseFilms(): { accept(): void } {
  const { storage } = studio;
  let isReadOnly = true;
  studio.storage = {
    ...storage,
    put: (key, path) =>
      isReadOnly && key.endsWith(".mp4")
        ? Promise.reject(Object.assign(new Error("EROFS: read-only file system"), { code: "EROFS" }))
        : storage.put(key, path),
  };
  return {
    accept() {
      isReadOnly = false;
    },
  };
}

/** One task of the media child fails so, until it is mended. */
function spoil(spoilt: MediaTaskName, error: () => Promise<MediaError>): { mend(): void } {
  const { media } = studio;
  let isSpoilt = true;
  studio.media = {
    ...media,
    run: async (name, input, options) => {
      if (isSpoilt && name === spoilt) throw await error();
      return media.run(name, input, options);
    },
  };
  return {
    mend() {
      isSpoilt = false;
    },
  };
}
const unreadable = async () => new MediaError("input", "has a picture track that cannot be decoded");

const fetched = async () =>
  (await studio.listFiles()).filter((name) => name.startsWith("incoming") && name.endsWith(".mp4"));

async function expectSaved(id: string): Promise<void> {
  const row = await studio.generations.find(id);
  expect(row).toMatchObject({ state: "succeeded", failure: null });
  const video = await studio.assets.find(OWNER, row?.videoAssetId ?? "");
  const stored = await studio.storage.withLocalFile(video?.blobKey ?? "", (path) => readFile(path));
  expect(stored.equals(film)).toBe(true);
  expect(await fetched()).toEqual([]);
}

describe("a film that came whole, and that its vendor no longer has,", () => {
  it("is neither thrown away nor given up because our own disk could not be read", async () => {
    const films = refuseFilms();
    // What the real child says of a file that it cannot open.
    const tools = spoil("probe-video", () =>
      studio.media.run("make-poster", { path: "/nonexistent/x.mp4", outputPath: "/nonexistent/x.jpg" }).then(
        () => expect.fail("it opened"),
        (error) => error,
      ),
    );
    const { shop, id, pass } = await finishedOne(bytes);
    await pass(30);
    expect(await shop.read(id)).toMatchObject({
      state: "saving",
      failure: { kind: "not-stored-yet", title: "This server's media tools failed" },
    });
    expect(await fetched()).toEqual([`incoming/named/${id}.mp4`]);
    films.accept();
    tools.mend();
    await pass(1);
    await expectSaved(id);
  });

  it("is kept where nothing here can read it, says where it lies, and is stored by whoever can", async () => {
    const tools = spoil("probe-video", unreadable);
    const { shop, id, vendor, pass } = await finishedOne(bytes);
    await pass(30);
    const [view] = await studio.generations.toViews([await shop.read(id)]);
    expect(view).toMatchObject({
      state: "saving",
      failure: {
        kind: "film-unreadable",
        title: `The film is here but cannot be read: incoming/named/${id}.mp4`,
        charged: "yes",
        advice: "ask-operator",
      },
    });
    expect(await readFile(studio.incoming.pathFor(`${id}.mp4`))).toEqual(film);
    expect(await sweepSpool(studio)).toBe(0);
    const asked = vendor.sentTo("/x.mp4").length;
    await pass(48);
    expect(vendor.sentTo("/x.mp4")).toHaveLength(asked);
    tools.mend();
    await pass(1);
    await expectSaved(id);
  });

  it("is kept as it first came, also when it could not be fetched once more", async () => {
    const tools = spoil("probe-video", unreadable);
    const { shop, id, forget, pass } = await finishedOne(bytes);
    forget();
    await pass(30);
    expect(await shop.read(id)).toMatchObject({ state: "saving", failure: { kind: "film-unreadable" } });
    tools.mend();
    await pass(1);
    await expectSaved(id);
  });

  it("is kept in its longest copy", async () => {
    const tools = spoil("probe-video", unreadable);
    const { id, pass } = await finishedOne(bytes, () => bytes(Math.floor(film.length / 2)));
    await pass(30);
    tools.mend();
    await pass(1);
    await expectSaved(id);
  });

  it("is not what was sent in its place: a web page is not kept, and the film is lost", async () => {
    const { shop, id, pass } = await finishedOne(() => new Response("<!doctype html><title>Busy</title>"));
    await pass(26);
    expect(await shop.read(id)).toMatchObject({ state: "failed", failure: { kind: "result-expired" } });
    expect(await fetched()).toEqual([]);
  });
});

describe("a film that can still be fetched", () => {
  it("and cannot be read is fetched again, and what came first goes when it is stored", async () => {
    const { id, vendor, pass } = await finishedOne(() => bytes(Math.floor(film.length / 2)), bytes);
    expect(await fetched()).toEqual([`incoming/named/${id}.aside.mp4`]);
    await pass(1);
    await expectSaved(id);
    expect(vendor.sentTo("/x.mp4")).toHaveLength(2);
  });
});

describe("a film of which no poster can be made", () => {
  it("is stored all the same, with a plain one of its shape", async () => {
    spoil("make-poster", async () => new MediaError("input", "has pictures of a kind that cannot be drawn"));
    const { shop, id } = await finishedOne(bytes);
    await expectSaved(id);
    const poster = await studio.assets.find(OWNER, (await shop.read(id)).posterAssetId ?? "");
    expect(poster).toMatchObject({ mediaType: "image/jpeg", width: 320, height: 240 });
    expect(poster?.previewKey).not.toBeNull();
  });
});

describe("a film that is here, of a connection that is gone,", () => {
  const elsewhere = {
    vendor: "aimlapi",
    name: null,
    apiKey: "k".repeat(20),
    baseUrl: "https://api.aimlapi.com",
  } as const;

  it("needs no vendor any more, and is stored", async () => {
    const films = refuseFilms();
    const { id, vendor } = await finishedOne(bytes);
    films.accept();
    const later = openWorkshop(studio, vendor.fetch, elsewhere);
    studio.clock.advance(48 * HOUR_MS);
    await later.advanceDue();
    await expectSaved(id);
  });

  it("is stored also where its process was killed before it could give it its name", async () => {
    const films = refuseFilms();
    const { id, vendor } = await finishedOne(bytes);
    films.accept();
    const path = studio.incoming.pathFor(`${id}.mp4`);
    await rename(path, `${path}.part`);
    const note = { validator: '"etag"', totalBytes: film.length, keptBytes: film.length };
    await writeFile(`${path}.part.json`, JSON.stringify(note));
    const later = openWorkshop(studio, vendor.fetch, elsewhere);
    studio.clock.advance(48 * HOUR_MS);
    await later.advanceDue();
    await expectSaved(id);
  });
});

describe("a film on the disk of one of several processes", () => {
  let otherFolder: string;
  beforeEach(async () => {
    otherFolder = await mkdtemp(join(tmpdir(), "firstframe-other-"));
  });
  afterEach(() => rm(otherFolder, { recursive: true, force: true }));

  /** Another process on the same database and storage, with a data folder of its own. */
  async function openOther(vendor: Awaited<ReturnType<typeof finishedOne>>["vendor"]) {
    return openWorkshop({ ...studio, incoming: await openIncoming(otherFolder) }, vendor.fetch);
  }

  it("is called lost by no other, which says where it waits, and is stored by the one that has it", async () => {
    const films = refuseFilms();
    const { shop, id, vendor } = await finishedOne(bytes);
    const other = await openOther(vendor);
    const asked = vendor.sent.length;
    for (const hours of [25, 1, 48]) {
      studio.clock.advance(hours * HOUR_MS);
      await other.advanceDue();
      expect(await shop.read(id)).toMatchObject({
        state: "saving",
        failure: {
          title: "The finished clip waits on another process of this studio",
          charged: "yes",
          raw: { message: `${id}.mp4 is in the data folder whose incoming/id is ${studio.incoming.spoolId}` },
        },
      });
    }
    expect(vendor.sent).toHaveLength(asked);
    films.accept();
    studio.clock.advance(HOUR_MS);
    await shop.advanceDue();
    await expectSaved(id);
  });

  it("is fetched and stored by any while the vendor has it", async () => {
    const films = refuseFilms();
    const { id, vendor } = await finishedOne(bytes);
    films.accept();
    const other = await openOther(vendor);
    studio.clock.advance(HOUR_MS);
    await other.advanceDue();
    expect(vendor.sentTo("/x.mp4")).toHaveLength(2);
    expect(await sweepSpool(studio)).toBe(1);
    await expectSaved(id);
  });

  it("is called lost by no other, also where its process died as soon as it had come", async () => {
    const { media } = studio;
    let died: () => void = () => {};
    const death = new Promise<void>((resolve) => {
      died = resolve;
    });
    studio.media = {
      ...media,
      run(name, input, options) {
        if (name !== "probe-video") return media.run(name, input, options);
        died();
        return new Promise(() => {});
      },
    };
    const finishing = finishedOne(bytes);
    await death;
    void finishing;
    const [row] = await studio.db.selectFrom("generations").select("id").execute();
    const vendor = createScriptedVendor({ "GET /": [gone] });
    const other = await openOther(vendor);
    studio.clock.advance(30 * HOUR_MS);
    await other.advanceDue();
    expect(await studio.generations.find(row?.id ?? "")).toMatchObject({ state: "saving" });
    const restarted = openWorkshop({ ...studio, media }, vendor.fetch);
    studio.clock.advance(HOUR_MS);
    await restarted.advanceDue();
    await expectSaved(row?.id ?? "");
  });

  it("is taken up first by the process that has it, and by others when that one does not come", async () => {
    const films = refuseFilms();
    const { shop, id, vendor } = await finishedOne(bytes);
    films.accept();
    const other = await openOther(vendor);
    studio.clock.set((await shop.read(id)).dueAt ?? 0);
    expect(await other.lease()).toBeNull();
    expect((await shop.lease())?.id).toBe(id);
    studio.clock.advance(60_000);
    expect((await other.lease())?.id).toBe(id);
  });

  it("is no other's where a backup brought the row back: there is one process, and its disk is what it has", async () => {
    refuseFilms();
    const { shop, id, vendor } = await finishedOne(bytes);
    await studio.db.updateTable("generations").set({ restored_at: studio.clock.now() }).execute();
    const other = await openOther(vendor);
    studio.clock.advance(30 * HOUR_MS);
    await other.advanceDue();
    expect(await shop.read(id)).toMatchObject({ state: "failed", failure: { kind: "result-expired" } });
  });

  it("is still its own after a restart", async () => {
    const again = await openIncoming(studio.dataDir);
    expect(again.spoolId).toBe(studio.incoming.spoolId);
    expect((await openIncoming(otherFolder)).spoolId).not.toBe(again.spoolId);
  });
});
