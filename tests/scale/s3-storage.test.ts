import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { DeleteBucketPolicyCommand, PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAppError } from "@/lib/domain/errors";
import { probeStorageLinks } from "@/lib/server/connections/probe-links";
import { createLog } from "@/lib/server/log";
import { createS3Storage, type S3Place } from "@/lib/server/storage/s3-storage";
import { storageContract } from "@/tests/contracts/storage-contract";
import { type BreakableLine, openLineTo, throughLine } from "@/tests/support/breakable-line";
import { openTestBucket, type S3Server, testS3Server } from "@/tests/support/test-storage";

const log = createLog("silent");
const MEBIBYTE = 1024 * 1024;

function server(): S3Server & { endpoint: string } {
  if (!testS3Server?.endpoint)
    throw new Error("TEST_S3_ENDPOINT names no server; `npm run test:scale` starts one");
  return { ...testS3Server, endpoint: testS3Server.endpoint };
}

type Bucket = Awaited<ReturnType<typeof openTestBucket>>;
let folders: string[] = [];
let buckets: Bucket[] = [];
afterEach(async () => {
  for (const bucket of buckets) await bucket.remove();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  buckets = [];
  folders = [];
});

async function openBucket(): Promise<Bucket & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "firstframe-s3-"));
  folders.push(folder);
  const bucket = await openTestBucket(server(), folder);
  buckets.push(bucket);
  return { ...bucket, folder };
}

storageContract("an S3 bucket", openBucket);

/** Whoever owns it may look at it, and is refused every write by its policy. */
async function openReadOnlyBucket() {
  const bucket = await openBucket();
  const { bucket: Bucket, endpoint, region, credentials } = bucket.place;
  const owner = new S3Client({
    region,
    forcePathStyle: true,
    ...(endpoint && { endpoint }),
    ...(credentials && { credentials }),
  });
  const deny = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${Bucket}/*`,
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [deny] });
  await owner.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  return {
    ...bucket,
    allowWriting: () => owner.send(new DeleteBucketPolicyCommand({ Bucket })),
  };
}

async function fileOf(folder: string, sizeBytes: number): Promise<string> {
  const path = join(folder, "big");
  await writeFile(path, Buffer.alloc(sizeBytes, "x"));
  return path;
}

describe("an S3 bucket", () => {
  it("takes a file in several parts and gives back a range across two of them", async () => {
    const { storage, folder, listUnfinished } = await openBucket();
    const path = await fileOf(folder, 20 * MEBIBYTE);
    await storage.put("assets/aa/film.mp4", path);
    expect(await storage.stat("assets/aa/film.mp4")).toEqual({ sizeBytes: 20 * MEBIBYTE });
    const stream = await storage.open("assets/aa/film.mp4", {
      start: 8 * MEBIBYTE - 2,
      end: 8 * MEBIBYTE + 1,
    });
    expect(stream && (await text(stream))).toBe("xxxx");
    expect(await listUnfinished()).toEqual([]);
  });

  it("lends a file under a name with its ending, and keeps no copy", async () => {
    const { storage, folder } = await openBucket();
    await storage.put("assets/aa/film.mp4", await fileOf(folder, 10));
    await storage.withLocalFile("assets/aa/film.mp4", async (path) => {
      expect(path).toMatch(/\.mp4$/);
      expect((await stat(path)).size).toBe(10);
    });
    expect(await readdir(join(folder, "spool"))).toEqual([]);
  });

  it("that is not there stops the start, and so does a key that it refuses", async () => {
    const open = (change: Partial<S3Place>) =>
      createS3Storage({
        place: { ...server(), bucket: "firstframe-none", publicEndpoint: null, ...change },
        spoolDir: tmpdir(),
        log,
      });
    await expect(open({}).check()).rejects.toThrow("S3_BUCKET: there is no bucket named firstframe-none");
    const { place } = await openBucket();
    const credentials = { accessKeyId: place.credentials?.accessKeyId ?? "", secretAccessKey: "wrong" };
    await expect(open({ bucket: place.bucket, credentials }).check()).rejects.toThrow("S3_ACCESS_KEY_ID");
  });
});

describe("an S3 bucket's probe", () => {
  it("leaves nothing behind, also where several look at once", async () => {
    const { storage, listKeys } = await openBucket();
    await Promise.all(Array.from({ length: 5 }, () => storage.probe()));
    expect(await listKeys()).toEqual([]);
  });

  it("fails where the bucket is there and takes no file", async () => {
    const { storage, place, allowWriting } = await openReadOnlyBucket();
    await createS3Storage({ place, spoolDir: tmpdir(), log }).check();
    await expect(storage.probe()).rejects.toThrow();
    await allowWriting();
    await storage.probe();
  });
});

describe("an S3 bucket that is missing for a moment", () => {
  async function openMissing() {
    const bucket = await openBucket();
    const place = { ...bucket.place, bucket: `${bucket.place.bucket}-missing` };
    return { ...bucket, storage: createS3Storage({ place, spoolDir: join(bucket.folder, "spool"), log }) };
  }

  it("is a storage that does not answer, and not one whose files are gone", async () => {
    const { storage, folder } = await openMissing();
    const key = "assets/aa/film.mp4";
    const path = await fileOf(folder, 10);
    const asks: Record<string, () => Promise<unknown>> = {
      stat: () => storage.stat(key),
      open: () => storage.open(key),
      put: () => storage.put(key, path),
      remove: () => storage.remove(key),
      withLocalFile: () => storage.withLocalFile(key, async () => {}),
    };
    for (const [name, ask] of Object.entries(asks)) {
      const error = await ask().catch((thrown: unknown) => thrown);
      expect(isAppError(error) && error.code, name).toBe("unavailable");
    }
    await expect(storage.probe()).rejects.toThrow();
  });
});

describe("a presigned link", () => {
  const key = "assets/aa/film.mp4";
  const bytes = Buffer.alloc(1_000, "abcdefghij");
  const HOUR_MS = 3_600_000;

  async function linkTo({ signedAt = Date.now(), lifeMs = HOUR_MS } = {}) {
    const { storage, folder } = await openBucket();
    const path = join(folder, "film");
    await writeFile(path, bytes);
    await storage.put(key, path);
    const linkFor = storage.linkFor ?? expect.fail("it gives no links");
    const link = (of: string) => linkFor(of, { mediaType: "video/mp4", signedAt, lifeMs });
    return { url: await link(key), missing: await link("assets/aa/none.mp4") };
  }

  it("gives the bytes to whoever has it, whole or in ranges, with the file's type, and without any key", async () => {
    const { url } = await linkTo();
    const whole = await fetch(url);
    expect([whole.status, whole.headers.get("content-type")]).toEqual([200, "video/mp4"]);
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    const part = await fetch(url, { headers: { range: "bytes=10-19" } });
    expect([part.status, await part.text()]).toEqual([206, "abcdefghij"]);
  });

  it("opens nothing once it has run out, altered, prolonged, for another file, or without its signature", async () => {
    const ran = await linkTo({ signedAt: Date.now() - 2 * HOUR_MS });
    expect((await fetch(ran.url)).status).toBe(403);
    const { url } = await linkTo();
    const change = (edit: (changed: URL) => void) => {
      const changed = new URL(url);
      edit(changed);
      expect(changed.href).not.toBe(new URL(url).href);
      return changed;
    };
    const signature = new URL(url).searchParams.get("X-Amz-Signature") ?? "";
    const other = (signature.startsWith("0") ? "1" : "0") + signature.slice(1);
    const altered = [
      change(({ searchParams }) => searchParams.set("X-Amz-Signature", other)),
      change(({ searchParams }) => searchParams.set("X-Amz-Expires", "604800")),
      change(({ searchParams }) => searchParams.set("response-content-type", "text/html")),
      change((changed) => {
        changed.pathname = changed.pathname.replace("film", "none");
      }),
      change((changed) => {
        changed.search = "";
      }),
    ];
    for (const wrong of altered) expect((await fetch(wrong)).status, wrong.search).toBe(403);
  });

  it("to a file that is not there is told from one that is refused, as the test of a connection reads it", async () => {
    const { missing } = await linkTo();
    const { signal } = new AbortController();
    expect(await probeStorageLinks(fetch, missing, signal)).toMatchObject({ verdict: "good" });
    const spoilt = missing.replace(/X-Amz-Expires=\d+/, "X-Amz-Expires=9");
    expect(await probeStorageLinks(fetch, spoilt, signal)).toMatchObject({ verdict: "bad" });
  });
});

describe("an S3 server that goes away", () => {
  let line: BreakableLine;
  beforeEach(async () => {
    line = await openLineTo(server().endpoint);
  });
  afterEach(() => line.cut().catch(() => {}));

  async function openThroughLine() {
    const bucket = await openBucket();
    const place = { ...bucket.place, endpoint: throughLine(server().endpoint, line).replace(/\/$/, "") };
    const storage = createS3Storage({ place, spoolDir: join(bucket.folder, "spool"), log });
    return { ...bucket, storage };
  }

  it("is answered for with 503 and a sentence, and works again when it is back", async () => {
    const { storage, folder } = await openThroughLine();
    await storage.put("assets/aa/film.mp4", await fileOf(folder, 10));
    await line.cut();
    const error = await storage.stat("assets/aa/film.mp4").catch((thrown: unknown) => thrown);
    expect(isAppError(error) && error.status).toBe(503);
    expect(isAppError(error) && error.message).toContain("file storage does not answer just now");
    await line.mend();
    expect(await storage.stat("assets/aa/film.mp4")).toEqual({ sizeBytes: 10 });
  });

  it("in the middle of a put leaves the local file where it was, and nothing half stored", async () => {
    const { storage, folder, listKeys } = await openThroughLine();
    const path = await fileOf(folder, 64 * MEBIBYTE);
    const putting = storage.put("assets/aa/film.mp4", path);
    const failed = expect(putting).rejects.toThrow("does not answer");
    await line.carried(20 * MEBIBYTE);
    await line.cut();
    await failed;
    expect(await listKeys()).toEqual([]);
    expect((await stat(path)).size).toBe(64 * MEBIBYTE);
    await line.mend();
    await storage.put("assets/aa/film.mp4", path);
    expect(await storage.stat("assets/aa/film.mp4")).toEqual({ sizeBytes: 64 * MEBIBYTE });
  });

  it("at the start is gone on without", async () => {
    const { storage } = await openThroughLine();
    await line.cut();
    await storage.check();
  });
});
