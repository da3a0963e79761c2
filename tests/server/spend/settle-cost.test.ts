import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop } from "@/tests/support/test-workshop";

const CREATE = "POST /api/v1/services/aigc/video-generation/video-synthesis";
const LOOK_MS = 15_000;

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

/** A clip of $0.50, five seconds at 720P, of which the vendor then says this. */
async function endWith(output: object, usage?: object) {
  const vendor = createScriptedVendor({
    [CREATE]: [json(200, { request_id: "r1", output: { task_id: "t1", task_status: "PENDING" } })],
    "GET /api/v1/tasks/": [json(200, { request_id: "r2", output: { task_id: "t1", ...output }, usage })],
  });
  const shop = openWorkshop(studio, vendor.fetch);
  const id = await shop.createOne();
  await shop.advanceDue();
  studio.clock.advance(LOOK_MS);
  await shop.step(await shop.lease());
  const { state, cost } = await shop.read(id);
  const [sum] = await studio.spendBook.listSums({
    ownerId: OWNER,
    days: { first: "2026-11-01", last: "2026-11-31" },
  });
  return { state, cost: cost?.amountMicro ?? null, spend: sum?.spend };
}

const succeeded = { task_status: "SUCCEEDED", video_url: "https://dashscope-result.test/a.mp4" };
const usd = (kind: string, amountMicro: number) => ({ kind, amountMicro, currency: "USD" });

describe("a clip's estimate", () => {
  it("gives way to the seconds that the vendor bills, at the price of the order", async () => {
    const ended = await endWith(succeeded, { duration: 4, SR: 720, video_count: 1 });
    expect(ended).toEqual({ state: "saving", cost: 400_000, spend: usd("settled", 400_000) });
  });

  it("gives way to the tier that the vendor bills", async () => {
    const ended = await endWith(succeeded, { duration: 5, SR: 1080, video_count: 1 });
    expect(ended).toEqual({ state: "saving", cost: 750_000, spend: usd("settled", 750_000) });
  });

  it.each([undefined, {}, { duration: "soon" }, { frames: 150 }])(
    "stands where the usage cannot be read: %j",
    async (usage) => {
      expect(await endWith(succeeded, usage)).toEqual({
        state: "saving",
        cost: null,
        spend: usd("settled", 500_000),
      });
    },
  );

  it("settles at nothing when the task fails", async () => {
    const failed = { task_status: "FAILED", code: "InternalError", message: "x" };
    expect(await endWith(failed)).toEqual({ state: "failed", cost: null, spend: usd("released", 0) });
  });

  it("settles at nothing when the vendor took the task back", async () => {
    expect(await endWith({ task_status: "CANCELED" })).toEqual({
      state: "cancelled",
      cost: null,
      spend: usd("released", 0),
    });
  });
});
