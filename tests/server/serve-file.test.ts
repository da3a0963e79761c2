import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createMetrics } from "@/lib/server/operations/metrics";
import { serveFile } from "@/lib/server/serve-file";
import { createDiskStorage } from "@/lib/server/storage/disk-storage";
import type { Storage } from "@/lib/server/storage/storage";
import { openWaitingServer } from "@/tests/support/leaving-reader";

const CONTENT = "0123456789abcdef";
const metrics = createMetrics();
let folder: string;
let storage: Storage;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "firstframe-serve-"));
  storage = createDiskStorage(join(folder, "storage"));
  await writeFile(join(folder, "local"), CONTENT);
  await storage.put("assets/film.mp4", join(folder, "local"));
  server = createServer((request, response) => {
    void serveFile(
      request,
      response,
      { storage, metrics },
      {
        key: request.url === "/none" ? "assets/none" : "assets/film.mp4",
        mediaType: "video/mp4",
        etag: '"abc"',
        cacheControl: "private, no-cache",
        ...(request.url === "/download" && { downloadName: 'böat "1".mp4' }),
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/film`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

async function get(headers: Record<string, string> = {}, method = "GET", address = url) {
  const response = await fetch(address, { method, headers: { "accept-encoding": "identity", ...headers } });
  const { status } = response;
  const header = (name: string) => response.headers.get(name);
  return { status, header, body: await response.text() };
}

describe("a stored file over HTTP", () => {
  it("has its length, its type and its name for these bytes", async () => {
    const { status, header, body } = await get();
    expect([status, body]).toEqual([200, CONTENT]);
    expect(header("content-length")).toBe("16");
    expect(header("content-type")).toBe("video/mp4");
    expect(header("accept-ranges")).toBe("bytes");
    expect(header("etag")).toBe('"abc"');
    expect(header("x-content-type-options")).toBe("nosniff");
  });

  it("is counted by the bytes that went out, not by those that were there", async () => {
    const served = async () => {
      const text = await metrics.registry.metrics();
      return Number(/transferred_bytes_total\{direction="served"\} (\d+)/.exec(text)?.[1]);
    };
    const before = await served();
    await get();
    await get({ range: "bytes=2-5" });
    await get({}, "HEAD");
    await get({ "if-none-match": '"abc"' });
    expect((await served()) - before).toBe(CONTENT.length + 4);
  });

  it("tells HEAD the same and sends nothing", async () => {
    const { status, header, body } = await get({}, "HEAD");
    expect([status, body, header("content-length")]).toEqual([200, "", "16"]);
  });

  it.each([
    ["bytes=0-3", "0123", "bytes 0-3/16"],
    ["bytes=12-", "cdef", "bytes 12-15/16"],
    ["bytes=-2", "ef", "bytes 14-15/16"],
    ["bytes=14-99", "ef", "bytes 14-15/16"],
    ["bytes=-99", CONTENT, "bytes 0-15/16"],
  ])("answers %s with that part", async (range, part, contentRange) => {
    const { status, header, body } = await get({ range });
    expect([status, body, header("content-range")]).toEqual([206, part, contentRange]);
    expect(header("content-length")).toBe(String(part.length));
  });

  it.each(["bytes=16-", "bytes=99-100", "bytes=-0"])("answers 416 to %s", async (range) => {
    const { status, header } = await get({ range });
    expect([status, header("content-range")]).toEqual([416, "bytes */16"]);
  });

  it.each(["bytes=5-2", "bytes=a-b", "lines=1-2", "bytes=0-1,4-5", "bytes=-"])(
    "gives the whole file for %s",
    async (range) => {
      expect(await get({ range })).toMatchObject({ status: 200, body: CONTENT });
    },
  );

  it("gives a part only of the bytes that the reader has begun with", async () => {
    expect((await get({ range: "bytes=0-3", "if-range": '"abc"' })).status).toBe(206);
    expect((await get({ range: "bytes=0-3", "if-range": '"old"' })).status).toBe(200);
  });

  it("says 304 to a reader that has it", async () => {
    expect(await get({ "if-none-match": '"old", W/"abc"' })).toMatchObject({ status: 304, body: "" });
    expect((await get({ "if-none-match": '"old"' })).status).toBe(200);
  });

  it("is saved under its own name, whatever letters that has", async () => {
    const { header } = await get({}, "GET", url.replace("film", "download"));
    expect(header("content-disposition")).toBe(
      `attachment; filename="b_at _1_.mp4"; filename*=UTF-8''b%C3%B6at%20%221%22.mp4`,
    );
  });

  it("is a 404 where storage has nothing", async () => {
    expect((await get({}, "GET", url.replace("film", "none"))).status).toBe(404);
  });

  it("is let go of when its reader leaves, also one who waited behind another answer", async () => {
    const waiting = await openWaitingServer();
    const opened: Readable[] = [];
    const watched: Storage = {
      ...storage,
      async open(...of) {
        const body = await storage.open(...of);
        if (body) opened.push(body);
        return body;
      },
    };
    const film = { key: "assets/long.mp4", mediaType: "video/mp4", etag: '"def"', cacheControl: "no-store" };
    await writeFile(join(folder, "long"), Buffer.alloc(1_000_000));
    await storage.put(film.key, join(folder, "long"));
    try {
      const { reader, responses } = await waiting.ask(2);
      const [, behind] = responses;
      if (!behind) throw new Error("nobody asked");
      void serveFile(behind.req, behind, { storage: watched, metrics }, film);
      await vi.waitFor(() => expect(opened).toHaveLength(1));
      await waiting.leave(reader, behind);
      await vi.waitFor(() => expect(opened[0]?.closed).toBe(true));
    } finally {
      waiting.close();
    }
  });
});
