import { createHash } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { catalogue } from "@/lib/domain/models/catalogue";
import type { Model } from "@/lib/domain/models/model";
import { createEmulator } from "@/lib/emulator/handler";
import { createDashScope } from "@/lib/server/providers/dashscope/client";
import { dashScopeBaseUrl } from "@/lib/server/providers/dashscope/endpoint";
import type { Fetch } from "@/lib/server/providers/http";
import { ProviderError, type StartJob, type VideoProvider } from "@/lib/server/providers/provider";
import { jpegPicture } from "@/tests/support/pictures";
import { openTestStudio, type TestStudio, testMedia } from "@/tests/support/test-studio";

const BASE_URL = "https://vendor.test/api/v1";
const never = new AbortController().signal;
const model = catalogue.find(({ id }) => id === "wan2.7-i2v") as Model;

let studio: TestStudio;
let emulator: ReturnType<typeof createEmulator>;
let paths: string[];
let fetch: Fetch;
let provider: VideoProvider;

beforeEach(async () => {
  studio = await openTestStudio();
  emulator = createEmulator({
    dataDir: studio.incoming.pathFor("emulator"),
    media: testMedia(),
    clock: studio.clock,
    timeScale: 1,
    expiryScale: 1,
  });
  paths = [];
  fetch = (input, init) => {
    const request = new Request(input, init);
    paths.push(`${request.method} ${new URL(request.url).pathname}`);
    return emulator.handler(request);
  };
  provider = createDashScope({
    baseUrl: BASE_URL,
    region: "ap-southeast-1",
    apiKey: "sk-wire",
    fetch,
    now: studio.clock.now,
  });
});
afterEach(async () => {
  await emulator.close();
  await studio.remove();
});

async function job(
  picture: Buffer,
  mediaType: string,
  prompt = "The boat leaves the pier",
): Promise<StartJob> {
  const path = studio.incoming.newPath();
  await writeFile(path, picture);
  const { size } = await stat(path);
  return {
    model,
    place: { vendor: "dashscope", region: "ap-southeast-1" },
    mode: "animate",
    media: { firstFrame: { path, mediaType, sizeBytes: size } },
    parameters: {
      prompt,
      resolution: "720P",
      durationSeconds: 2,
      seed: 7,
      promptExtend: true,
      watermark: false,
    },
  };
}

function hash(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function start(order: StartJob) {
  return provider.start(await provider.prepare(order, never), never);
}

/** Lets the vendor's minutes pass, looking every five seconds, then waits for the film, which is really rendered. */
async function followToEnd(task: { taskId: string }) {
  const seen: string[] = [];
  async function look() {
    const status = await provider.check(task, never);
    seen.push(status.kind);
    return status;
  }
  for (let second = 0; second < 300; second += 5) {
    await look();
    studio.clock.advance(5_000);
  }
  const status = await vi.waitFor(
    async () => {
      // Its limit on queries counts by the same clock.
      studio.clock.advance(1_000);
      const status = await look();
      expect(["queued", "running"]).not.toContain(status.kind);
      return status;
    },
    { timeout: 50_000, interval: 100 },
  );
  return { status, seen };
}

async function providerError(promise: Promise<unknown>): Promise<ProviderError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderError) return error;
  throw new Error("The vendor took it");
}

describe("the client on the emulator's wire", () => {
  it("starts a small picture with one call, follows it, and finds a film with an end of life", async () => {
    const task = await start(await job(await jpegPicture(480, 360), "image/jpeg"));
    expect(paths).toEqual(["POST /api/v1/services/aigc/video-generation/video-synthesis"]);
    const { status, seen } = await followToEnd(task);
    expect(seen[0]).toBe("queued");
    expect(seen).toContain("running");
    if (status.kind !== "succeeded") throw new Error(`It ended ${JSON.stringify(status)}`);
    expect(status.usage).toEqual({
      duration: 2,
      input_video_duration: 0,
      output_video_duration: 2,
      video_count: 1,
      SR: 720,
    });
    expect(status.result.expiresAt).toBeGreaterThan(studio.clock.now() + 23 * 3_600_000);
    const film = await fetch(status.result.url);
    expect(film.status).toBe(200);
    expect(film.headers.get("content-type")).toBe("video/mp4");
    expect((await film.arrayBuffer()).byteLength).toBe(Number(film.headers.get("content-length")));
  });

  it("sends a picture above the limit of a data URI by the temporary upload, byte for byte", async () => {
    const noise = await sharp({
      create: {
        width: 2000,
        height: 1600,
        channels: 3,
        background: "#000",
        noise: { type: "gaussian", mean: 128, sigma: 60 },
      },
    })
      .png({ compressionLevel: 0 })
      .toBuffer();
    expect(noise.length).toBeGreaterThan(7_000_000);
    const order = await job(noise, "image/png");
    const prepared = await provider.prepare(order, never);
    expect(prepared.headers["X-DashScope-OssResourceResolve"]).toBe("enable");
    expect(prepared.body).toMatch(/"url":"oss:\/\/[^"]+"/);
    expect(paths[0]).toBe("GET /api/v1/uploads");
    const hashes = (await studio.listFiles()).map(async (name) =>
      hash(await readFile(join(studio.dataDir, name))),
    );
    const copies = (await Promise.all(hashes)).filter((known) => known === hash(noise));
    expect(copies).toHaveLength(2);
    const { status } = await followToEnd(await provider.start(prepared, never));
    expect(status.kind).toBe("succeeded");
  });

  it("hears the same words for a refusal at create and for one in a failed task", async () => {
    const picture = await jpegPicture(480, 360);
    const atCreate = await providerError(
      start(await job(picture, "image/jpeg", "x [demo:refused-at-create]")),
    );
    expect(atCreate).toMatchObject({
      accepted: "no",
      isRetryable: false,
      failure: { kind: "moderation-input" },
    });
    const { status } = await followToEnd(await start(await job(picture, "image/jpeg", "x [demo:refused]")));
    if (status.kind !== "failed") throw new Error(`It ended ${status.kind}`);
    expect(status.failure.charged).toBe("no");
    expect(status.failure.raw?.code).toBe("DataInspectionFailed");
  });

  it("knows a wrong key, a throttled start and a task that never was", async () => {
    const stranger = createDashScope({
      baseUrl: BASE_URL,
      region: "ap-southeast-1",
      apiKey: "nonsense",
      fetch,
      now: studio.clock.now,
    });
    const refused = await providerError(stranger.check({ taskId: "x" }, never));
    expect(refused.failure.kind).toBe("bad-key");
    const picture = await jpegPicture(480, 360);
    const throttled = await providerError(start(await job(picture, "image/jpeg", "x [demo:throttled]")));
    expect(throttled).toMatchObject({ accepted: "no", isRetryable: true, failure: { kind: "throttled" } });
    expect(await provider.check({ taskId: "00000000-0000-4000-8000-000000000000" }, never)).toEqual({
      kind: "expired",
      word: "UNKNOWN",
    });
  });

  it("is refused what the vendor's own limits forbid, in a failed task, at no charge", async () => {
    const { status } = await followToEnd(await start(await job(await jpegPicture(200, 200), "image/jpeg")));
    if (status.kind !== "failed") throw new Error(`It ended ${status.kind}`);
    expect(status.failure).toMatchObject({ charged: "no" });
  });
});

describe("where the API of a region is", () => {
  it.each([
    ["ap-southeast-1", null, null, "https://dashscope-intl.aliyuncs.com/api/v1"],
    ["cn-beijing", null, null, "https://dashscope.aliyuncs.com/api/v1"],
    ["us-east-1", null, null, "https://dashscope-us.aliyuncs.com/api/v1"],
    ["eu-central-1", "ws-1", null, "https://ws-1.eu-central-1.maas.aliyuncs.com/api/v1"],
    ["ap-southeast-1", "ws-1", null, "https://ws-1.ap-southeast-1.maas.aliyuncs.com/api/v1"],
    ["cn-beijing", null, "http://127.0.0.1:8787", "http://127.0.0.1:8787/api/v1"],
    ["cn-beijing", null, "http://127.0.0.1:8787/api/v1", "http://127.0.0.1:8787/api/v1"],
  ] as const)("%s with workspace %s and address %s", (region, workspaceId, baseUrl, expected) => {
    expect(dashScopeBaseUrl({ region, workspaceId, baseUrl })).toBe(expected);
  });

  it("is nowhere for Frankfurt without a workspace", () => {
    expect(() => dashScopeBaseUrl({ region: "eu-central-1", workspaceId: null, baseUrl: null })).toThrow(
      "workspace",
    );
  });
});

it("a test of the connection passes on the wire: the key is looked at, the store takes the test file, nothing is made", async () => {
  const checks = await provider.test(false, never);
  expect(checks.map(({ subject, verdict }) => `${subject} ${verdict}`)).toEqual([
    "key good",
    "region unknown",
    "models unknown",
    "upload unknown",
  ]);
  expect(checks.at(-1)?.message).toContain("store took a test file");
  expect(paths.filter((path) => path.includes("/services/"))).toEqual([]);
});
