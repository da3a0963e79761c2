import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readEnv } from "@/lib/server/env";
import { createGenerationRepository } from "@/lib/server/generations/generation-repository";
import { createLog } from "@/lib/server/log";
import { answerHealth, answerMetrics } from "@/lib/server/operations/answer-probe";
import { createBeatRepository } from "@/lib/server/operations/beat-repository";
import { createHealthCheck } from "@/lib/server/operations/check-health";
import { createCountRepository } from "@/lib/server/operations/count-repository";
import { measuredMedia, measureEvents, watchStudio } from "@/lib/server/operations/measure-studio";
import { createMetrics } from "@/lib/server/operations/metrics";
import { createConnections } from "@/lib/server/providers/registry";
import { connectionError, createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { openWorkshop, TEST_KEY } from "@/tests/support/test-workshop";

const CREATE = "/api/v1/services/aigc/video-generation/video-synthesis";
const TOKEN = "a-token-of-sixteen-letters";

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

function operate(env: Record<string, string> = {}) {
  const { db, clock, storage, bus } = studio;
  const metrics = createMetrics();
  const counts = createCountRepository(db);
  const stopping = new AbortController().signal;
  const checkHealth = createHealthCheck({
    hasWorker: true,
    id: "me",
    beats: createBeatRepository(db),
    counts,
    storage,
    stopping,
    clock,
  });
  watchStudio(metrics, { checkHealth, counts, children: new Map([["media", studio.media]]) });
  const generations = createGenerationRepository(db, bus, measureEvents(metrics, createLog("silent")));
  return { env: readEnv(env), checkHealth, metrics, generations };
}

/** The samples, by their names with labels. */
async function read(operations: ReturnType<typeof operate>): Promise<Map<string, number>> {
  const { status, body } = await answerMetrics(operations, `Bearer ${TOKEN}`);
  expect(status).toBe(200);
  const lines = body.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

describe("who may read the metrics", () => {
  const signIn = {
    GITHUB_CLIENT_ID: "id",
    GITHUB_CLIENT_SECRET: "secret",
    SIGN_IN_ALLOW: "*",
  };

  it("this machine, where nobody signs in and no token is set", async () => {
    expect((await answerMetrics(operate(), undefined)).status).toBe(200);
  });

  it("nobody, where others can reach the studio and no token is set", async () => {
    expect((await answerMetrics(operate(signIn), undefined)).status).toBe(403);
    expect((await answerMetrics(operate({ ...signIn, HOST: "0.0.0.0" }), "Bearer ")).status).toBe(403);
  });

  it("whoever has the token, where one is set", async () => {
    for (const env of [{ METRICS_TOKEN: TOKEN }, { ...signIn, METRICS_TOKEN: TOKEN }]) {
      const operations = operate(env);
      expect((await answerMetrics(operations, `Bearer ${TOKEN}`)).status).toBe(200);
      for (const wrong of [undefined, "", "Bearer", `Bearer ${TOKEN}x`, TOKEN, `Basic ${TOKEN}`])
        expect((await answerMetrics(operations, wrong)).status, wrong).toBe(401);
    }
  });

  it("a token that can be guessed is refused at the start", () => {
    expect(() => readEnv({ METRICS_TOKEN: "short" })).toThrow(/METRICS_TOKEN/);
  });
});

describe("the metrics", () => {
  it("count what became of starts, the calls they took and how long rows waited", async () => {
    const operations = operate({ METRICS_TOKEN: TOKEN });
    const vendor = createScriptedVendor({
      [`POST ${CREATE}`]: [
        json(200, { request_id: "r1", output: { task_id: "task-1", task_status: "PENDING" } }),
        json(400, { request_id: "r2", code: "DataInspectionFailed", message: "no" }),
        connectionError("ECONNRESET"),
        json(429, { request_id: "r3", code: "Throttling.RateQuota", message: "slow down" }),
      ],
      "GET /api/v1/tasks/": [
        json(200, { request_id: "r4", output: { task_id: "task-1", task_status: "RUNNING" } }),
      ],
    });
    const shop = openWorkshop({ ...studio, generations: operations.generations }, vendor.fetch);
    const connections = createConnections({
      connections: [
        {
          vendor: "dashscope",
          name: null,
          apiKey: TEST_KEY,
          region: "ap-southeast-1",
          workspaceId: null,
          baseUrl: null,
        },
      ],
      fetch: vendor.fetch,
      emulatorFetch: vendor.fetch,
      now: studio.clock.now,
      meter: operations.metrics,
    });
    Object.assign(shop.workshop, { connections });
    for (let order = 0; order < 4; order += 1) {
      await shop.createOne();
      studio.clock.advance(4_000);
      await shop.advanceDue();
    }

    const samples = await read(operations);
    const events = (event: string) => samples.get(`firstframe_generation_events_total{event="${event}"}`);
    expect(events("created")).toBe(4);
    expect(events("claimed")).toBe(4);
    expect(events("accepted")).toBe(1);
    expect(events("refused")).toBe(1);
    expect(events("fate-unknown")).toBe(1);
    expect(events("postponed")).toBe(1);
    const starts = (outcome: string) =>
      samples.get(
        `firstframe_vendor_request_duration_seconds_count{vendor="dashscope",call="start",outcome="${outcome}"}`,
      );
    for (const outcome of ["ok", "refused", "unclear", "throttled"]) expect(starts(outcome), outcome).toBe(1);
    expect(samples.get("firstframe_queue_wait_seconds_sum")).toBe(16);
    expect(samples.get('firstframe_generations{state="running"}')).toBe(1);
    expect(samples.get('firstframe_generations{state="unconfirmed"}')).toBe(1);
    expect(samples.get("firstframe_queue_depth")).toBe(1);
    expect(samples.get("firstframe_ready")).toBe(0);
  });

  it("say how late running clips were looked at", async () => {
    const operations = operate({ METRICS_TOKEN: TOKEN });
    const vendor = createScriptedVendor({
      [`POST ${CREATE}`]: [
        json(200, { request_id: "r1", output: { task_id: "task-1", task_status: "PENDING" } }),
      ],
      "GET /api/v1/tasks/": [
        json(200, { request_id: "r2", output: { task_id: "task-1", task_status: "RUNNING" } }),
      ],
    });
    const shop = openWorkshop({ ...studio, generations: operations.generations }, vendor.fetch);
    const id = await shop.createOne();
    await shop.advanceDue();
    const { dueAt } = await shop.read(id);
    studio.clock.set((dueAt ?? 0) + 7_000);
    await shop.advanceDue();
    expect((await read(operations)).get("firstframe_look_delay_seconds_sum")).toBe(7);
  });

  it("count open streams down again, however they end", async () => {
    const operations = operate({ METRICS_TOKEN: TOKEN });
    const { metrics } = operations;
    async function* endless() {
      for (;;) yield 1;
    }
    async function* broken() {
      yield 1;
      throw new Error("broken");
    }
    const [left, cut] = [metrics.stream(endless()), metrics.stream(broken())];
    await left.next();
    await cut.next();
    expect((await read(operations)).get("firstframe_open_streams")).toBe(2);
    await left.return(undefined);
    await expect(cut.next()).rejects.toThrow("broken");
    expect((await read(operations)).get("firstframe_open_streams")).toBe(0);
  });

  it("time media tasks by what came of them, and weigh the child", async () => {
    const operations = operate({ METRICS_TOKEN: TOKEN });
    const media = measuredMedia(studio.media, operations.metrics);
    await expect(media.run("probe-video", { path: "/nowhere.mp4" })).rejects.toThrow();
    const samples = await read(operations);
    expect(
      samples.get('firstframe_media_task_duration_seconds_count{task="probe-video",outcome="failed"}'),
    ).toBe(1);
    expect(samples.get('firstframe_media_child_memory_bytes{child="media"}')).toBeGreaterThan(1e6);
    expect(samples.get("process_resident_memory_bytes")).toBeGreaterThan(1e6);
  });

  it("have no series that grows with rows, owners, prompts or keys", async () => {
    const operations = operate({ METRICS_TOKEN: TOKEN });
    const vendor = createScriptedVendor({
      [`POST ${CREATE}`]: [
        json(200, { request_id: "r1", output: { task_id: "task-1", task_status: "PENDING" } }),
      ],
    });
    const shop = openWorkshop({ ...studio, generations: operations.generations }, vendor.fetch);
    await shop.createOne();
    await shop.advanceDue(1).catch(() => {});
    const before = [...(await read(operations)).keys()];
    await shop.createOne();
    await shop.createOne();
    studio.clock.advance(60_000);
    const after = [...(await read(operations)).keys()];
    const ours = (names: string[]) => names.filter((name) => name.startsWith("firstframe_")).toSorted();
    expect(ours(after).filter((name) => !name.includes("state="))).toEqual(
      ours(before).filter((name) => !name.includes("state=")),
    );
    expect(after.join("\n")).not.toMatch(/usr_|gen_|ast_|task-1|sk-|boat/);
  });
});

it("health is 200 or 503 with the same words", async () => {
  const operations = operate();
  expect((await answerHealth(operations)).status).toBe(503);
  await createBeatRepository(studio.db).beat("wrk_1", true, studio.clock.now());
  studio.clock.advance(2_000);
  const { status, headers, body } = await answerHealth(operations);
  expect(status).toBe(200);
  expect(headers["Cache-Control"]).toBe("no-store");
  expect(JSON.parse(body)).toMatchObject({ live: true, ready: true });
});
