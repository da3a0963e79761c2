import { readFile } from "node:fs/promises";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MediaError } from "@/lib/server/media/media-tasks";
import { assertPublicAddress } from "@/lib/server/providers/public-address";
import { finishedWith, makeTestFilm } from "@/tests/support/finished-clip";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, type openWorkshop } from "@/tests/support/test-workshop";

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

function whole(): Response {
  return new Response(new Uint8Array(film), {
    headers: { "content-type": "video/mp4", "content-length": `${film.length}` },
  });
}

async function expectSaved(shop: ReturnType<typeof openWorkshop>, id: string): Promise<void> {
  const generation = await shop.read(id);
  expect(generation).toMatchObject({ state: "succeeded", usage: { duration: 5, SR: 720 }, failure: null });
  const [view] = await studio.generations.toViews([generation]);
  expect(view?.clip).toMatchObject({ width: 320, height: 240, durationSeconds: 0.5, sizeBytes: film.length });
  const video = await studio.assets.find(OWNER, view?.clip?.assetId ?? "");
  const poster = await studio.assets.find(OWNER, view?.clip?.posterAssetId ?? "");
  const stored = await studio.storage.withLocalFile(video?.blobKey ?? "", (path) => readFile(path));
  expect(stored.equals(film)).toBe(true);
  expect(poster).toMatchObject({ mediaType: "image/jpeg", width: 320, height: 240 });
  expect(poster?.previewKey).not.toBeNull();
}

async function storedFiles(): Promise<string[]> {
  return (await studio.listFiles()).filter((name) => name.startsWith("storage"));
}

/** The first frame and its preview, and nothing else. */
const FILES_WITHOUT_CLIP = 2;
/** The clip and its poster, each with a preview. */
const CLIP_FILES = 4;

describe("a finished clip", () => {
  it("is on our disk, with its poster, before it is called done", async () => {
    const { shop, id } = await finishedWith(studio, whole());
    await expectSaved(shop, id);
    expect(await studio.listFiles()).toHaveLength(FILES_WITHOUT_CLIP + CLIP_FILES);
    expect(await studio.db.selectFrom("pending_blobs").selectAll().execute()).toEqual([]);
  });

  it.each([
    [
      "is cut off",
      () =>
        new Response(new Uint8Array(film.subarray(0, 900)), {
          headers: { "content-length": `${film.length}` },
        }),
    ],
    [
      "is no film",
      () =>
        new Response("<Error><Code>InternalError</Code></Error>", {
          headers: { "content-type": "video/mp4" },
        }),
    ],
    [
      "is half a film of the right announced length",
      () => new Response(new Uint8Array(film.subarray(0, film.length / 2))),
    ],
    ["comes with a 500", () => new Response("oops", { status: 500 })],
    ["is empty", () => new Response(new Uint8Array(0))],
  ])("that %s is fetched again until it is whole", async (_name, broken) => {
    const { shop, id } = await finishedWith(studio, broken, whole);
    expect(await shop.read(id)).toMatchObject({ state: "saving" });
    expect(await storedFiles()).toHaveLength(FILES_WITHOUT_CLIP);
    studio.clock.advance(60_000);
    await shop.advanceDue();
    await expectSaved(shop, id);
  });

  it("whose link died is fetched by a fresh one", async () => {
    const { shop, id, vendor } = await finishedWith(
      studio,
      new Response("AccessDenied", { status: 403 }),
      whole,
    );
    studio.clock.advance(60_000);
    await shop.advanceDue();
    await expectSaved(shop, id);
    const fetched = vendor.sentTo("/x.mp4").map(({ url }) => new URL(url).searchParams.get("Signature"));
    expect(fetched).toEqual(["s1", "s2"]);
  });

  it("sends the key nowhere but to the vendor's own API", async () => {
    const { vendor } = await finishedWith(studio, whole());
    expect(vendor.sentTo("/x.mp4")[0]?.headers).not.toHaveProperty("authorization");
  });

  it("is called lost, and charged, only when the vendor no longer has it", async () => {
    const { shop, id } = await finishedWith(studio, new Response("oops", { status: 500 }));
    studio.clock.advance(24 * HOUR_MS - 60_000);
    await shop.advanceDue();
    expect((await shop.read(id)).state).toBe("saving");
    studio.clock.advance(2 * HOUR_MS);
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({
      state: "failed",
      failure: { kind: "result-expired", charged: "yes" },
    });
  });

  it("is never called lost while its file is here and only our own storage refuses it", async () => {
    const { storage } = studio;
    let isReadOnly = true;
    studio.storage = {
      ...storage,
      put: (key, path) =>
        isReadOnly && key.endsWith(".mp4")
          ? Promise.reject(Object.assign(new Error("EROFS: read-only file system"), { code: "EROFS" }))
          : storage.put(key, path),
    };
    const { shop, id, vendor } = await finishedWith(studio, whole);
    studio.clock.advance(48 * HOUR_MS);
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({ state: "saving", failure: { kind: "not-stored-yet" } });
    isReadOnly = false;
    studio.clock.advance(HOUR_MS);
    await shop.advanceDue();
    await expectSaved(shop, id);
    expect(vendor.sentTo("/x.mp4")).toHaveLength(1);
  });

  it("follows a redirect to another public host", async () => {
    const elsewhere = new Response(null, { status: 302, headers: { location: "/x.mp4?again" } });
    const { shop, id } = await finishedWith(studio, elsewhere, whole);
    await expectSaved(shop, id);
  });

  it.each(["http://127.0.0.1:1/x.mp4", "http://10.1.2.3/x.mp4", "file:///etc/passwd"])(
    "is not fetched from %s, whatever a redirect says",
    async (location) => {
      const hostile = new Response(null, { status: 302, headers: { location } });
      const { shop, id, vendor } = await finishedWith(studio, hostile);
      expect((await shop.read(id)).state).toBe("saving");
      expect(vendor.sent.filter(({ url }) => url === location)).toEqual([]);
    },
  );

  it("that arrived whole is not fetched again because our own tools failed", async () => {
    const media = studio.media;
    let failures = 1;
    const failing: typeof media = {
      ...media,
      run: (name, input, options) =>
        name === "make-poster" && failures-- > 0
          ? Promise.reject(new MediaError("process", "the child died"))
          : media.run(name, input, options),
    };
    studio.media = failing;
    const { shop, id, vendor } = await finishedWith(studio, whole);
    expect(await shop.read(id)).toMatchObject({ state: "saving", failure: { kind: "not-stored-yet" } });
    studio.clock.advance(60_000);
    await shop.advanceDue();
    await expectSaved(shop, id);
    expect(vendor.sentTo("/x.mp4")).toHaveLength(1);
  });
});

describe("an address that a reply named", () => {
  const trusted = "https://dashscope-intl.aliyuncs.com";

  it.each([
    "http://127.0.0.1:3000/api/assets",
    "http://169.254.169.254/latest/meta-data",
    "http://10.1.2.3/x.mp4",
    "http://[::1]/x.mp4",
    "http://[::ffff:127.0.0.1]/x.mp4",
    "http://[64:ff9b::7f00:1]/x.mp4",
    "http://localhost/x.mp4",
    "file:///etc/passwd",
  ])("%s is refused", async (url) => {
    await expect(assertPublicAddress(url, trusted)).rejects.toThrow();
  });

  it("is taken on a public host, behind IPv6-only networks and local proxies too, and on the vendor's own origin", async () => {
    await assertPublicAddress("https://93.184.216.34/x.mp4", trusted);
    await assertPublicAddress("https://[64:ff9b::5db8:d822]/x.mp4", trusted);
    await assertPublicAddress("https://198.18.0.7/x.mp4", trusted);
    await assertPublicAddress("http://127.0.0.1:8787/x.mp4", "http://127.0.0.1:8787");
  });
});
