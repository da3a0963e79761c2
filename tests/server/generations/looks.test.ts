import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ConnectionEnv } from "@/lib/server/env-connections";
import { cancelGeneration } from "@/lib/server/generations/cancel-generation";
import { createLooks, type Looks } from "@/lib/server/generations/looks";
import { createTaskRunRepository } from "@/lib/server/generations/task-run-repository";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop, TEST_KEY } from "@/tests/support/test-workshop";

const CREATE = "POST /api/v1/services/aigc/video-generation/video-synthesis";
const accepted = json(200, { request_id: "r1", output: { task_id: "t", task_status: "PENDING" } });
const DAY_MS = 24 * 3_600_000;
const LOCAL: ConnectionEnv = {
  vendor: "dashscope",
  name: null,
  apiKey: TEST_KEY,
  region: "ap-southeast-1",
  workspaceId: null,
  baseUrl: "http://127.0.0.1:8787/api/v1",
};

function failed(times: Record<string, string> = {}): Response {
  const output = { task_id: "t", task_status: "FAILED", code: "InternalError.Algo", message: "x", ...times };
  return json(200, { request_id: "r2", output });
}
const TIMES = {
  submit_time: "2026-04-13 10:45:47.597",
  scheduled_time: "2026-04-13 10:45:56.342",
  end_time: "2026-04-13 10:47:26.273",
};

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

async function startedWith(look: Response, ...connected: ConnectionEnv[]) {
  const vendor = createScriptedVendor({ [CREATE]: [accepted], "GET /api/v1/tasks/": [look] });
  const shop = openWorkshop(studio, vendor.fetch, ...connected);
  const id = await shop.createOne();
  await shop.advanceDue();
  return { shop, id };
}

async function waitOf({ shop, id }: Awaited<ReturnType<typeof startedWith>>): Promise<number> {
  return ((await shop.read(id)).dueAt ?? 0) - studio.clock.now();
}

const recordedRuns = () => createTaskRunRepository(studio.db).listLatest(10);

/** As if so many tasks like the one of `like` had taken that long before. */
async function recordRuns(like: Awaited<ReturnType<typeof startedWith>>, count: number, endMs: number) {
  const { connection, modelId, parameters } = await like.shop.read(like.id);
  const { resolution, durationSeconds } = parameters;
  const taskRuns = createTaskRunRepository(studio.db);
  await studio.db.transaction().execute(async (transaction) => {
    for (let index = 0; index < count; index += 1) {
      const takenMs = endMs * (0.95 + 0.1 * (index / count));
      await taskRuns.add(transaction, {
        generationId: `gen_${index}`,
        kind: { connectionId: connection.id, modelId, resolution, durationSeconds },
        run: { earliestMs: takenMs, latestMs: takenMs, queueMs: null },
        at: studio.clock.now(),
      });
    }
  });
}

describe("how long a task took", () => {
  it("is written down by the vendor's clock, whenever we came to look", async () => {
    const { shop } = await startedWith(failed(TIMES));
    studio.clock.advance(DAY_MS / 2);
    await shop.advanceDue();
    expect((await recordedRuns()).map(({ run }) => run)).toEqual([
      { earliestMs: 98_676, latestMs: 98_676, queueMs: 8745 },
    ]);
  });

  it("lies between two looks where the vendor tells no times, and is unknown after a night", async () => {
    const { shop } = await startedWith(failed());
    studio.clock.advance(15_000);
    await shop.advanceDue();
    expect((await recordedRuns()).map(({ run }) => run)).toEqual([
      { earliestMs: 0, latestMs: 15_000, queueMs: null },
    ]);
    const night = await startedWith(failed());
    studio.clock.advance(DAY_MS / 2);
    await night.shop.advanceDue();
    expect((await night.shop.read(night.id)).state).toBe("failed");
    expect(await recordedRuns()).toHaveLength(1);
  });

  it("is not learnt from a service on this machine, which is asked every second", async () => {
    const run = await startedWith(failed(TIMES), LOCAL);
    expect(await waitOf(run)).toBe(1000);
    studio.clock.advance(1000);
    await run.shop.advanceDue();
    expect((await run.shop.read(run.id)).state).toBe("failed");
    expect(await recordedRuns()).toEqual([]);
  });

  it("is written only with the end itself: a look that was overtaken leaves nothing", async () => {
    const { shop, id } = await startedWith(failed(TIMES));
    studio.clock.advance(15_000);
    const leased = await shop.lease();
    await cancelGeneration(shop.workshop, OWNER, id);
    await shop.step(leased);
    expect(await recordedRuns()).toEqual([]);
  });
});

describe("the looks at a task", () => {
  it("follow what finished tasks of the same kind took, also those of another process or before a restart", async () => {
    const { shop, id } = await startedWith(failed());
    const generation = await shop.read(id);
    const connection = shop.workshop.connections.find(generation.connection) ?? expect.fail("no connection");
    const now = studio.clock.now();
    const gapAfterTenSeconds = async (looks: Looks) => {
      await looks.refresh();
      return looks.gapMs(connection, generation, now - 10_000, now, null);
    };

    const learning = createLooks(createTaskRunRepository(studio.db));
    expect(await gapAfterTenSeconds(learning)).toBeLessThan(45_000);
    await recordRuns({ shop, id }, 50, 300_000);
    const learnt = await gapAfterTenSeconds(learning);
    expect(learnt).toBeGreaterThan(60_000);
    expect(await gapAfterTenSeconds(createLooks(createTaskRunRepository(studio.db)))).toBe(learnt);
  });

  it("begin as a task of its kind is expected to end", async () => {
    const first = await startedWith(failed());
    await recordRuns(first, 50, 20_000);
    studio.clock.advance(1000);
    const second = await startedWith(failed());
    expect(await waitOf(second)).toBeGreaterThan(10_000);
    expect(await waitOf(second)).toBeLessThan(25_000);
  });

  it("do not wait for a day that was slept through", async () => {
    const first = await startedWith(
      json(200, { request_id: "r", output: { task_id: "t", task_status: "RUNNING" } }),
    );
    await recordRuns(first, 50, 300_000);
    studio.clock.advance(DAY_MS / 2);
    expect(await first.shop.advanceDue()).toBe(1);
    expect(await waitOf(first)).toBeLessThanOrEqual(60_000);
  });
});
