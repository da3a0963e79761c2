import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Download, downloadResult } from "@/lib/server/providers/download";
import { type FileReply, type FileServer, startFileServer } from "@/tests/support/file-server";
import { openTinyDisk } from "@/tests/support/tiny-disk";

const MIB = 1_048_576;
/** Half a flush beyond two of them. */
const film = randomBytes(2.5 * MIB);
const otherFilm = randomBytes(film.length);

let folder: string;
const servers: FileServer[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "firstframe-download-"));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(folder, { recursive: true, force: true });
});

async function serve(...replies: FileReply[]): Promise<FileServer> {
  const server = await startFileServer(film, ...replies);
  servers.push(server);
  return server;
}

function download(server: FileServer, change: Partial<Download> = {}): Promise<void> {
  return downloadResult({
    fetch: globalThis.fetch,
    url: server.url,
    trustedOrigin: server.origin,
    path: join(folder, "film.mp4"),
    signal: new AbortController().signal,
    ...change,
  });
}

async function expectFilm(expected = film): Promise<void> {
  expect((await readFile(join(folder, "film.mp4"))).equals(expected)).toBe(true);
  expect(await readdir(folder)).toEqual(["film.mp4"]);
}

/** Some of it may be lost on the way through the socket that broke. */
const CUT: FileReply = { cutAfterBytes: 1.5 * MIB };

/** The first byte of the second request. */
function goneOnAt({ asked }: FileServer): number {
  return Number(/^bytes=(\d+)-$/.exec(asked[1]?.range ?? "")?.[1] ?? 0);
}

describe("a download that broke", () => {
  it("goes on where it was, and asks for the rest of this very file only", async () => {
    const server = await serve(CUT, {});
    await expect(download(server)).rejects.toThrow();
    expect(await readdir(folder)).toEqual(["film.mp4.part", "film.mp4.part.json"]);
    await download(server);
    await expectFilm();
    expect(goneOnAt(server)).toBeGreaterThan(MIB / 2);
    expect(server.asked).toEqual([
      { range: null, ifRange: null },
      { range: `bytes=${goneOnAt(server)}-`, ifRange: server.etag() },
    ]);
  });

  it("is whole in the end, however often it breaks", async () => {
    const server = await serve({ cutAfterBytes: 700_000 });
    let cuts = 0;
    while (cuts < 100) {
      try {
        await download(server);
        break;
      } catch {
        cuts += 1;
      }
    }
    await expectFilm();
    expect(cuts).toBeGreaterThanOrEqual(3);
  });

  it("goes on by another link to the same file", async () => {
    const server = await serve(CUT, {});
    await expect(download(server)).rejects.toThrow();
    await download(server, { url: `${server.origin}/film.mp4?Signature=fresh` });
    await expectFilm();
    expect(goneOnAt(server)).toBeGreaterThan(MIB / 2);
  });

  it("goes on after its process was killed in the middle", async () => {
    const server = await serve({ silentAfterBytes: 1.7 * MIB }, {});
    const killed = new AbortController();
    const first = download(server, { signal: killed.signal });
    const atDeath = await mkdtemp(join(tmpdir(), "firstframe-killed-"));
    // What is on disk at this moment is all that a killed process leaves.
    await vi.waitFor(async () => {
      expect((await stat(join(folder, "film.mp4.part.json"))).size).toBeGreaterThan(0);
    });
    await cp(folder, atDeath, { recursive: true });
    killed.abort();
    await expect(first).rejects.toThrow();
    await download(server, { path: join(atDeath, "film.mp4") });
    expect((await readFile(join(atDeath, "film.mp4"))).equals(film)).toBe(true);
    expect(goneOnAt(server)).toBeGreaterThanOrEqual(MIB);
    await rm(atDeath, { recursive: true });
  });

  it("goes on after the server was stopped for a deploy", async () => {
    const server = await serve({ silentAfterBytes: 300_000 }, {});
    const stopping = new AbortController();
    const first = download(server, { signal: stopping.signal });
    await vi.waitFor(async () => {
      expect((await stat(join(folder, "film.mp4.part"))).size).toBe(300_000);
    });
    stopping.abort();
    await expect(first).rejects.toThrow("aborted");
    await download(server);
    await expectFilm();
    expect(goneOnAt(server)).toBe(300_000);
  });

  it("is not asked for again when only its name was missing", async () => {
    const server = await serve(CUT, {});
    await expect(download(server)).rejects.toThrow();
    await writeFile(join(folder, "film.mp4.part"), film);
    const note = { validator: server.etag(), totalBytes: film.length, keptBytes: film.length };
    await writeFile(join(folder, "film.mp4.part.json"), JSON.stringify(note));
    await download(server);
    await expectFilm();
    expect(server.asked).toHaveLength(1);
  });

  it("goes by the date of the file where it has no ETag", async () => {
    const server = await serve({ ...CUT, headers: { etag: null } }, { headers: { etag: null } });
    await expect(download(server)).rejects.toThrow();
    await download(server);
    await expectFilm();
    expect(server.asked[1]).toMatchObject({ ifRange: "Fri, 20 Nov 2026 10:00:00 GMT" });
  });
});

describe("bytes of two files are never joined", () => {
  it.each<[string, FileReply]>([
    ["is answered with all of the new one", {}],
    ["is answered with the rest of the new one, against the rule", { ignoresIfRange: true }],
    ["is answered 412", { status: 412, headers: { "content-length": "0" } }],
    ["is answered 416", { status: 416, headers: { "content-length": "0" } }],
  ])("a file that has become another and %s is fetched from its beginning", async (_name, second) => {
    const server = await serve(CUT, second, {});
    await expect(download(server)).rejects.toThrow();
    server.store.file = otherFilm;
    await download(server);
    await expectFilm(otherFilm);
  });

  it.each<[string, Record<string, string | null>]>([
    ["begins elsewhere", { "content-range": `bytes 7-${film.length - 1}/${film.length}` }],
    ["is of a file of another length", { "content-range": `bytes ${MIB}-${film.length}/${film.length + 1}` }],
    ["does not say where it begins", { "content-range": null }],
    ["does not say of what file it is", { etag: null }],
    ["was packed on the way", { "content-encoding": "gzip" }],
  ])("a rest that %s is not taken", async (_name, headers) => {
    const server = await serve(CUT, { headers }, {});
    await expect(download(server)).rejects.toThrow();
    await download(server);
    await expectFilm();
    expect(server.asked[2]).toEqual({ range: null, ifRange: null });
  });

  it.each<[string, Record<string, string | null>]>([
    ["nothing tells it from another", { etag: null, "last-modified": null }],
    ["its ETag is weak", { etag: 'W/"a"' }],
    [
      "it was changed within the second",
      { etag: null, "last-modified": new Date(Date.now() + 60_000).toUTCString() },
    ],
  ])("nothing is kept of a file where %s", async (_name, headers) => {
    const server = await serve({ ...CUT, headers }, {});
    await expect(download(server)).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
    await download(server);
    await expectFilm();
    expect(server.asked[1]).toEqual({ range: null, ifRange: null });
  });

  it("what a note says beyond the part on disk is not believed", async () => {
    const server = await serve(CUT, {});
    await expect(download(server)).rejects.toThrow();
    await writeFile(join(folder, "film.mp4.part"), film.subarray(0, 500));
    await download(server);
    await expectFilm();
    expect(server.asked[1]).toEqual({ range: null, ifRange: null });
  });

  it("what the part has beyond its note is thrown away", async () => {
    const server = await serve(CUT, {});
    await expect(download(server)).rejects.toThrow();
    await writeFile(join(folder, "film.mp4.part"), Buffer.concat([film.subarray(0, 2 * MIB), otherFilm]));
    await download(server);
    await expectFilm();
  });

  it("a body longer than announced is no part of anything", async () => {
    const server = await serve({ headers: { "content-length": null } }, {});
    const lying: Download["fetch"] = async (input, init) => {
      const response = await fetch(input, init);
      const headers = new Headers(response.headers);
      headers.set("content-length", String(film.length - 5));
      return new Response(response.body, { status: response.status, headers });
    };
    await expect(download(server, { fetch: lying })).rejects.toThrow("cut off");
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("a download that does not come to an end", () => {
  it.each([0, 200_000])(
    "is cut when after %i bytes nothing more comes, and goes on",
    async (silentAfterBytes) => {
      const server = await serve({ silentAfterBytes }, {});
      await expect(download(server, { silenceMsMax: 150 })).rejects.toThrow(
        "No byte of the finished file came for 0.15 s",
      );
      await download(server);
      await expectFilm();
      expect(goneOnAt(server)).toBe(silentAfterBytes);
    },
  );

  describe("because it drips", () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    const path = () => join(folder, "film.mp4.part");
    const hasOnDisk = async (sizeBytes: number) => (await stat(path()).catch(() => null))?.size === sizeBytes;

    /** The file from its first asked byte on, so many bytes each so often by the clock, which stands still in between. */
    function dripping(file: Buffer, sizeBytes: number, everyMs: number) {
      const ranges: (string | null)[] = [];
      const drip: Download["fetch"] = async (_input, init) => {
        const range = new Headers(init?.headers).get("range");
        ranges.push(range);
        const fromBytes = Number(/\d+/.exec(range ?? "0")?.[0]);
        let sentBytes = fromBytes;
        const body = new ReadableStream<Uint8Array>({
          async pull(controller) {
            // What came before is on the disk, or the try was given up.
            while (sentBytes > fromBytes && !(await hasOnDisk(sentBytes))) if (init?.signal?.aborted) return;
            vi.advanceTimersByTime(everyMs);
            controller.enqueue(new Uint8Array(file.subarray(sentBytes, sentBytes + sizeBytes)));
            sentBytes = Math.min(sentBytes + sizeBytes, file.length);
            if (sentBytes === file.length) controller.close();
          },
        });
        const headers = {
          etag: '"drips"',
          "content-length": `${file.length - fromBytes}`,
          ...(range && { "content-range": `bytes ${fromBytes}-${file.length - 1}/${file.length}` }),
        };
        return new Response(body, { status: range ? 206 : 200, headers });
      };
      return { fetch: drip, ranges };
    }

    const drips = (fetch: Download["fetch"], change: Partial<Download> = {}) =>
      downloadResult({
        fetch,
        url: "http://127.0.0.1:9/film.mp4",
        trustedOrigin: "http://127.0.0.1:9",
        path: join(folder, "film.mp4"),
        signal: new AbortController().signal,
        ...change,
      });

    it("a byte each 59 s is cut after five minutes, and goes on with what has come", async () => {
      await expect(drips(dripping(film, 1, 59_000).fetch)).rejects.toThrow(
        /^The finished file comes too slowly: [45] bytes in 300 s$/,
      );
      const came = (await stat(path())).size;
      const rest = dripping(film, MIB, 1_000);
      await drips(rest.fetch);
      await expectFilm();
      expect(rest.ranges).toEqual([`bytes=${came}-`]);
    });

    it("at an honest 20 kB/s is waited for", async () => {
      const large = randomBytes(20 * 400_000);
      const slow = dripping(large, 400_000, 20_000);
      await drips(slow.fetch);
      await expectFilm(large);
      expect(slow.ranges).toEqual([null]);
    });

    it("for longer than a try may take is cut, and goes on with what has come", async () => {
      const large = randomBytes(20 * 400_000);
      const slow = dripping(large, 400_000, 20_000);
      const drip = () => drips(slow.fetch, { tryMsMax: 205_000 });
      await expect(drip()).rejects.toThrow("The finished file was still coming after 205 s");
      await drip();
      await expectFilm(large);
      expect(slow.ranges).toHaveLength(2);
    });
  });

  it("ends with a sentence when there is no end to it, and leaves nothing on the disk", async () => {
    const server = await serve({ isEndless: true });
    await expect(download(server, { bytesMax: 5 * MIB })).rejects.toThrow("The finished file does not end");
    expect(await readdir(folder)).toEqual([]);
  });

  it("is not begun when it is announced larger than any clip", async () => {
    const server = await serve();
    await expect(download(server, { bytesMax: MIB })).rejects.toThrow(`said to have ${film.length} bytes`);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("a disk that is full", () => {
  it("stops a download that then goes on when there is room", async ({ skip }) => {
    const disk = await openTinyDisk(4 * MIB);
    if (!disk) return skip("only who may mount can fill a disk");
    try {
      const ballast = join(disk.path, "ballast");
      await writeFile(ballast, randomBytes(2.5 * MIB));
      const server = await serve({});
      const path = join(disk.path, "film.mp4");
      await expect(download(server, { path })).rejects.toMatchObject({ code: "ENOSPC" });
      await rm(ballast);
      await download(server, { path });
      expect((await readFile(path)).equals(film)).toBe(true);
      expect(goneOnAt(server)).toBeGreaterThanOrEqual(MIB);
    } finally {
      await disk.remove();
    }
  });
});
