import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { frameOf27 } from "@/lib/domain/models/wan-slots";
import {
  createMediaLinks,
  findLinkedFile,
  type LinkReach,
  type StorageLinks,
} from "@/lib/server/assets/media-links";
import { sendableFile } from "@/lib/server/assets/sendable-file";
import { storeUpload } from "@/lib/server/assets/store-upload";
import { createMetrics } from "@/lib/server/operations/metrics";
import { serveFile } from "@/lib/server/serve-file";
import type { LinkOptions } from "@/lib/server/storage/storage";
import { jpegPicture } from "@/tests/support/pictures";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";

const DAY_MS = 24 * 3_600_000;
const vendor = { isTest: false };

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

function links(
  reach: LinkReach = "public",
  secret = "s".repeat(32),
  storageLinks: StorageLinks | null = null,
) {
  return createMediaLinks({
    publicUrl: "https://studio.example",
    reach,
    secret: () => secret,
    clock: studio.clock,
    storageLinks,
  });
}

async function store(bytes: Buffer, fileName: string) {
  const { asset } = await storeUpload(studio, "usr_a", {
    body: Readable.from([bytes]),
    announcedBytes: bytes.length,
    fileName,
    slot: "firstFrame",
    modelId: "wan2.7-i2v",
  });
  const stored = await studio.assets.find("usr_a", asset.id);
  if (!stored) throw new Error("it was not stored");
  return stored;
}

const asset = { id: `ast_${"0".repeat(26)}`, blobKey: "assets/ab/abc.jpg", mediaType: "image/jpeg" };
const tokenOf = (url: string | null) => url?.split("/").at(-1) ?? "";

describe("a link", () => {
  it("names its asset for a day, and ends like the file", async () => {
    const url = await links().urlFor(vendor, asset);
    expect(url).toMatch(/^https:\/\/studio\.example\/api\/media\/ast_[\w-]+\.jpg$/);
    studio.clock.advance(DAY_MS - 1);
    expect(links().read(tokenOf(url))).toBe(asset.id);
    studio.clock.advance(1);
    expect(links().read(tokenOf(url))).toBeNull();
  });

  it("cannot be altered, prolonged, or made with another secret", async () => {
    const token = tokenOf(await links().urlFor(vendor, asset));
    expect(links().read(token)).toBe(asset.id);
    const [id = "", expiresAt = "", ...rest] = token.split("-");
    const later = (Number.parseInt(expiresAt, 36) + DAY_MS).toString(36);
    const tampered = [
      [`ast_${"1".repeat(26)}`, expiresAt, ...rest].join("-"),
      [id, later, ...rest].join("-"),
      `${id}-${expiresAt}-${"A".repeat(43)}`,
      `${id}-${expiresAt}-`,
      `${token}/../x`,
      "",
    ];
    for (const wrong of tampered) expect(links().read(wrong)).toBeNull();
    expect(links("public", "t".repeat(32)).read(token)).toBeNull();
  });

  it("is not made where the vendor could not follow it", async () => {
    expect(await links("none").urlFor(vendor, asset)).toBeNull();
    expect(await links("loopback").urlFor(vendor, asset)).toBeNull();
    expect(await links("loopback").urlFor({ isTest: true }, asset)).not.toBeNull();
    expect(links("none").canBeReadBy({ isTest: true })).toBe(false);
  });
});

describe("a link straight to the storage", () => {
  const asked: [key: string, LinkOptions][] = [];
  const storageAt = (reach: LinkReach): StorageLinks => ({
    reach,
    async linkFor(key, options) {
      asked.push([key, options]);
      return `https://s3.example/films/${key}`;
    },
  });
  const both = (ours: LinkReach, theirs: LinkReach) => links(ours, undefined, storageAt(theirs));

  it("takes the place of ours where both can be read, for the same day and with the file's type", async () => {
    expect(both("public", "public").kindFor(vendor)).toBe("storage");
    expect(await both("public", "public").urlFor(vendor, asset)).toBe(
      "https://s3.example/films/assets/ab/abc.jpg",
    );
    expect(asked.at(-1)).toEqual([
      asset.blobKey,
      { mediaType: "image/jpeg", signedAt: studio.clock.now(), lifeMs: DAY_MS },
    ]);
  });

  it("needs neither PUBLIC_URL nor a sign-in", async () => {
    const alone = createMediaLinks({
      publicUrl: null,
      reach: "none",
      secret: () => "",
      clock: studio.clock,
      storageLinks: storageAt("public"),
    });
    expect(alone.canBeReadBy(vendor)).toBe(true);
    expect(await alone.urlFor(vendor, asset)).toMatch(/^https:\/\/s3\.example\//);
  });

  it("on this machine is for programs on this machine; others get ours, or none", async () => {
    expect(both("public", "loopback").kindFor({ isTest: true })).toBe("storage");
    expect(await both("public", "loopback").urlFor(vendor, asset)).toContain("https://studio.example/");
    expect(both("loopback", "loopback").canBeReadBy(vendor)).toBe(false);
    expect(await both("none", "none").urlFor({ isTest: true }, asset)).toBeNull();
  });
});

describe("what a link opens", () => {
  async function fetchLinked(token: string, headers: Record<string, string> = {}) {
    const library = { ...studio, mediaLinks: links() };
    const server = createServer((request, response) => {
      void findLinkedFile(library, token).then((file) => {
        if (!file) return void response.writeHead(404).end();
        const services = { storage: studio.storage, metrics: createMetrics() };
        return serveFile(request, response, services, { ...file, cacheControl: "private, no-store" });
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    try {
      const { port } = server.address() as AddressInfo;
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers });
      return { response, bytes: Buffer.from(await response.arrayBuffer()) };
    } finally {
      await new Promise((done) => server.close(done));
    }
  }

  it("is the file, whole or in ranges, and nothing once it has run out", async () => {
    const bytes = await jpegPicture(400, 300);
    const token = tokenOf(await links().urlFor(vendor, await store(bytes, "boat.jpg")));
    const whole = await fetchLinked(token);
    expect([whole.response.status, whole.response.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
    expect(whole.bytes.equals(bytes)).toBe(true);
    const part = await fetchLinked(token, { range: "bytes=10-19" });
    expect(part.response.status).toBe(206);
    expect(part.bytes.equals(bytes.subarray(10, 20))).toBe(true);
    studio.clock.advance(DAY_MS);
    expect((await fetchLinked(token)).response.status).toBe(404);
  });

  it("is a picture as a vendor takes it: upright and opaque, with the ending and type of its own bytes", async () => {
    const clear = await sharp({
      create: {
        width: 400,
        height: 300,
        channels: 4,
        background: "#808080",
        noise: { type: "gaussian", sigma: 60 },
      },
    })
      .ensureAlpha(0.5)
      .png()
      .toBuffer();
    const asset = await store(clear, "clear.png");
    const etags = new Set([`"${asset.sha256}"`, null]);
    const light = { ...frameOf27, bytesMax: 90_000 };
    for (const [slot, format] of [
      [frameOf27, "png"],
      [light, "jpeg"],
    ] as const) {
      const url = await links().urlFor(vendor, await sendableFile(studio, asset, slot));
      expect(url).toMatch(format === "png" ? /\.png$/ : /\.jpg$/);
      const { response, bytes } = await fetchLinked(tokenOf(url));
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe(`image/${format}`);
      expect(await sharp(bytes).metadata()).toMatchObject({
        format,
        width: 400,
        height: 300,
        hasAlpha: false,
      });
      etags.add(response.headers.get("etag"));
      const part = await fetchLinked(tokenOf(url), { range: "bytes=0-9" });
      expect(part.bytes.equals(bytes.subarray(0, 10))).toBe(true);
    }
    expect(etags.size).toBe(4);
  });

  it("is nothing where the asset is not there", async () => {
    expect((await fetchLinked(tokenOf(await links().urlFor(vendor, asset)))).response.status).toBe(404);
  });
});
