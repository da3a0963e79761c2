import { resolve } from "node:path";
import { expect, onTestFinished } from "vitest";
import { createEmulator, type Emulator } from "@/lib/emulator/handler";
import type { EmulatorOptions } from "@/lib/emulator/open-emulator-state";
import { createMediaProcess, type MediaProcess } from "@/lib/server/media/media-process";
import { makePicture } from "@/tests/fixtures/media/make-picture";
import { testFolder } from "@/tests/fixtures/media/test-folder";
import { createFakeClock } from "@/tests/support/fake-clock";

export const SUBMITTED_AT = Date.parse("2026-04-13T02:45:47.597Z");
export const ORIGIN = "https://vendor.test";
export const KEY = "sk-test";

/** One for a whole test file: its child takes a while to start. */
export function startMedia(): MediaProcess {
  const projectRoot = resolve(import.meta.dirname, "../..");
  return createMediaProcess({ projectRoot, concurrency: 2, defaultTimeoutMs: 60_000 });
}

/** An emulator at the vendor's own pace, on a clock that stands still. */
export async function startEmulator(media: MediaProcess, change: Partial<EmulatorOptions> = {}) {
  const clock = createFakeClock(SUBMITTED_AT);
  const options = { dataDir: await testFolder(), media, clock, timeScale: 1, expiryScale: 1, ...change };
  const emulator = createEmulator(options);
  onTestFinished(() => emulator.close());
  return { emulator, clock, dataDir: options.dataDir, ...speakTo(emulator, clock) };
}

type PostInit = { headers?: Record<string, string>; key?: string; path?: "image2video" };

/** What a client would do, in short words. */
export function speakTo(emulator: Emulator, clock: { advance(ms: number): void }) {
  const send = (path: string, init: RequestInit & { key?: string } = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has("authorization")) headers.set("authorization", `Bearer ${init.key ?? KEY}`);
    return emulator.handler(new Request(new URL(path, ORIGIN), { ...init, headers }));
  };
  const post = (body: unknown, { path, ...init }: PostInit = {}) =>
    send(`/api/v1/services/aigc/${path ?? "video-generation"}/video-synthesis`, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...init,
      headers: { "x-dashscope-async": "enable", "content-type": "application/json", ...init.headers },
    });
  const create = async (body: unknown, init: PostInit = {}) => {
    const reply = await readReply(await post(body, init));
    expect(reply).toMatchObject({ status: 200 });
    return reply.body.output.task_id as string;
  };
  const query = async (taskId: string, key = KEY) =>
    (await readReply(await send(`/api/v1/tasks/${taskId}`, { key }))).body;

  /** Looks until the task is in this state; each look takes a tenth of a second of the clock. */
  const untilStatus = async (taskId: string, status: string) => {
    await expect
      .poll(
        () => {
          clock.advance(100);
          return query(taskId);
        },
        { timeout: 60_000, interval: 50 },
      )
      .toMatchObject({ output: { task_status: status } });
    return query(taskId);
  };
  return { send, post, create, query, untilStatus };
}

export async function readReply(response: Response) {
  expect(response.headers.get("content-type")).toBe("application/json");
  return { status: response.status, body: await response.json() };
}

export async function dataUri(
  picture = makePicture(320, 240).jpeg(),
  mediaType = "image/jpeg",
): Promise<string> {
  return `data:${mediaType};base64,${(await picture.toBuffer()).toString("base64")}`;
}

/** The smallest request that makes a film. */
export async function firstFrameBody(change: { prompt?: string; model?: string; parameters?: object } = {}) {
  return {
    model: change.model ?? "wan2.7-i2v",
    input: {
      prompt: change.prompt ?? "the boat leaves the pier",
      media: [{ type: "first_frame", url: await dataUri() }],
    },
    parameters: { resolution: "720P", duration: 2, ...change.parameters },
  };
}
