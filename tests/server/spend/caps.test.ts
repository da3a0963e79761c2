import { afterEach, describe, expect, it } from "vitest";
import { cancelGeneration } from "@/lib/server/generations/cancel-generation";
import { closeUnconfirmed } from "@/lib/server/generations/end-generation";
import { retryGeneration } from "@/lib/server/generations/retry-generation";
import { readCaps, type SpendCap } from "@/lib/server/spend/spend-caps";
import { connectionError, createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop } from "@/tests/support/test-workshop";

const CREATE = "/api/v1/services/aigc/video-generation/video-synthesis";
const accepted = json(200, { request_id: "r", output: { task_id: "task-1", task_status: "PENDING" } });

let studio: TestStudio;
afterEach(() => studio.remove());

async function shopWith(caps: SpendCap[], ...answers: Parameters<typeof createScriptedVendor>[0][string]) {
  studio = await openTestStudio(undefined, { caps });
  const vendor = createScriptedVendor({
    [`POST ${CREATE}`]: answers.length > 0 ? answers : [accepted],
    "GET /api/v1/tasks/": [json(200, { output: { task_id: "task-1", task_status: "RUNNING" } })],
  });
  return { ...openWorkshop(studio, vendor.fetch), vendor };
}

const day = (limit: string) => readCaps("everyone", "day", limit);
const usedMicro = async () => (await studio.spend.capsOf(OWNER))[0]?.usedMicro;

describe("a cap", () => {
  it("takes what just fits, and refuses one clip more with nothing stored and nothing sent", async () => {
    const shop = await shopWith(day("1 USD"));
    await shop.createOne();
    await shop.createOne();
    await expect(shop.createOne()).rejects.toMatchObject({
      code: "over-cap",
      status: 402,
      message: expect.stringContaining("$0.00 of $1.00 is left for today"),
    });
    expect((await studio.generations.listPage(OWNER, { before: null, limit: 10 })).generations).toHaveLength(
      2,
    );
  });

  it("is held by orders that come at once", async () => {
    const shop = await shopWith(day("1.20 USD"));
    const made = await Promise.allSettled(Array.from({ length: 8 }, () => shop.createOne()));
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    expect(await usedMicro()).toBe(1_000_000);
  });

  it("answers a repeated request with its own clip, however full it is", async () => {
    const shop = await shopWith(day("0.50 USD"));
    const id = await shop.createOne({ requestId: "req_00000000000000000000000001" });
    await expect(shop.createOne({ requestId: "req_00000000000000000000000001" })).resolves.toBe(id);
  });

  it("refuses a retry before it is ordered, and lets the same one be pressed again when there is room", async () => {
    const shop = await shopWith(day("0.50 USD"), json(400, { code: "DataInspectionFailed", message: "x" }));
    const failed = await shop.createOne();
    await shop.advanceDue();
    const inTheWay = await shop.createOne();
    const shownPrice = { amountMicro: 500_000, currency: "USD" } as const;
    const retry = () => retryGeneration(shop.workshop, OWNER, { id: failed, shownPrice });
    await expect(retry()).rejects.toMatchObject({ code: "over-cap" });
    await cancelGeneration(shop.workshop, OWNER, inTheWay);
    const made = await retry();
    expect(made).toMatchObject({ state: "queued", retryOf: failed });
    // The cap is full again, with the retry itself in it.
    await expect(retry()).resolves.toMatchObject({ id: made.id });
  });

  it("gives back what a taken-back or refused clip had reserved", async () => {
    const shop = await shopWith(day("0.50 USD"), json(400, { code: "DataInspectionFailed", message: "x" }));
    const first = await shop.createOne();
    await cancelGeneration(shop.workshop, OWNER, first);
    expect(await usedMicro()).toBe(0);
    await shop.createOne();
    await shop.advanceDue();
    expect(await usedMicro()).toBe(0);
    await shop.createOne();
  });

  it("holds what may have been charged, also after the person closed it", async () => {
    const shop = await shopWith(day("0.50 USD"), connectionError("ECONNRESET"));
    const id = await shop.createOne();
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({ state: "unconfirmed" });
    expect(await usedMicro()).toBe(500_000);
    studio.clock.advance(5 * 60_000);
    await closeUnconfirmed(shop.workshop, OWNER, id);
    expect(await usedMicro()).toBe(500_000);
    await expect(shop.createOne()).rejects.toMatchObject({ code: "over-cap" });
  });

  it("counts each person for their own, and everybody for the installation's", async () => {
    const shop = await shopWith([
      ...readCaps("person", "day", "0.50 USD"),
      ...readCaps("everyone", "day", "1 USD"),
    ]);
    await shop.createOne();
    await expect(shop.createOne()).rejects.toThrow("your cap: $0.00 of $0.50");
    await shop.createOne({}, "usr_b");
    await expect(shop.createOne({}, "usr_c")).rejects.toThrow("this studio's cap: $0.00 of $1.00");
  });

  it("renews at midnight of the installation's time zone, and the month's on its first", async () => {
    const shop = await shopWith([...day("0.50 USD"), ...readCaps("everyone", "month", "1 USD")]);
    // 22:59 on the 29th in Berlin.
    studio.clock.set(Date.parse("2026-11-29T21:59:00Z"));
    await shop.createOne();
    await expect(shop.createOne()).rejects.toThrow("for today");
    studio.clock.set(Date.parse("2026-11-29T23:00:00Z"));
    await shop.createOne();
    studio.clock.set(Date.parse("2026-11-30T22:59:59Z"));
    await expect(shop.createOne()).rejects.toThrow("for today");
    studio.clock.set(Date.parse("2026-11-30T23:00:00Z"));
    await shop.createOne();
    expect((await studio.spend.capsOf(OWNER)).map((cap) => cap.usedMicro)).toEqual([500_000, 500_000]);
  });

  it("of another currency does not stop an order", async () => {
    const shop = await shopWith(day("1 CNY"));
    await shop.createOne();
    expect(await usedMicro()).toBe(0);
  });
});
