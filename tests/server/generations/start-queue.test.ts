import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectionError, createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop, TEST_KEY, type TestWorkshop } from "@/tests/support/test-workshop";

const CREATE = "/api/v1/services/aigc/video-generation/video-synthesis";
const throttled = json(429, { code: "Throttling.RateQuota", message: "slow" }, { "retry-after": "30" });
/** What Singapore publishes for the model of these tests. */
const RUNNING_MAX = 5;
const INTERVAL_MS = 200;
const GATEWAY_ROUTE = "/v2/video/generations";
const GATEWAY = {
  vendor: "aimlapi",
  name: null,
  apiKey: "aiml-0123456789",
  baseUrl: "https://gateway.example",
} as const;
const SINGAPORE = {
  vendor: "dashscope",
  name: null,
  apiKey: TEST_KEY,
  region: "ap-southeast-1",
  workspaceId: null,
  baseUrl: null,
} as const;

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

/** A vendor that takes every start under an id of its own, and ends the tasks that the test names. */
function openVendor() {
  let starts = 0;
  const state = { ended: new Set<string>(), refuseNext: false };
  const vendor = createScriptedVendor({
    [`POST ${CREATE}`]: [
      () => {
        if (state.refuseNext) {
          state.refuseNext = false;
          return throttled;
        }
        starts += 1;
        return json(200, { request_id: "r", output: { task_id: `task-${starts}`, task_status: "PENDING" } });
      },
    ],
    "GET /api/v1/tasks/": [
      ({ url }) => {
        const id = url.split("/").at(-1) ?? "";
        const output = state.ended.has(id)
          ? { task_status: "FAILED", code: "InternalError", message: "x" }
          : { task_status: "RUNNING" };
        return json(200, { output: { task_id: id, ...output } });
      },
    ],
  });
  return { ...vendor, state };
}

/** Sends whatever may be sent, as time goes by. */
async function goOn(shop: TestWorkshop, ms: number): Promise<void> {
  for (let passed = 0; passed <= ms; passed += INTERVAL_MS) {
    await shop.advanceDue(100);
    studio.clock.advance(INTERVAL_MS);
  }
}

const startsOf = async (ownerId: string) =>
  (await studio.generations.listPage(ownerId, { before: null, limit: 200 })).generations.filter(
    ({ state }) => state === "running",
  ).length;

describe("waiting clips", () => {
  it("are sent no faster than the vendor publishes, by two workshops together", async () => {
    const vendor = openVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    const other = openWorkshop(studio, vendor.fetch);
    for (let index = 0; index < 3; index += 1) await shop.createOne();
    const [first, second] = [await shop.lease(), await other.lease()];
    await Promise.all([shop.step(first), other.step(second)]);
    expect(vendor.sentTo(CREATE)).toHaveLength(1);
    studio.clock.advance(INTERVAL_MS - 1);
    await shop.advanceDue();
    expect(vendor.sentTo(CREATE)).toHaveLength(1);
    studio.clock.advance(1);
    await other.advanceDue();
    expect(vendor.sentTo(CREATE)).toHaveLength(2);
  });

  it("wait beyond the vendor's running limit, and go when a place is free", async () => {
    const vendor = openVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    for (let index = 0; index < RUNNING_MAX + 2; index += 1) await shop.createOne();
    await goOn(shop, 3_000);
    expect(vendor.sentTo(CREATE)).toHaveLength(RUNNING_MAX);
    vendor.state.ended.add("task-1");
    await goOn(shop, 16_000);
    expect(vendor.sentTo(CREATE)).toHaveLength(RUNNING_MAX + 1);
  });

  it("never pass the running limit, however many workers judge at once", async () => {
    const vendor = openVendor();
    const shops = Array.from({ length: 6 }, () => openWorkshop(studio, vendor.fetch));
    const [shop] = shops;
    if (!shop) throw new Error("no shop");
    for (let index = 0; index < 12; index += 1) await shop.createOne({}, `usr_${index % 6}`);
    for (let round = 0; round < 6; round += 1) {
      const leased = await Promise.all(shops.map((one) => one.lease()));
      // All were judged before any was sent.
      for (const [index, generation] of leased.entries()) {
        if (generation) await shops[index]?.step(generation);
        studio.clock.advance(INTERVAL_MS);
      }
    }
    expect(vendor.sentTo(CREATE)).toHaveLength(RUNNING_MAX);
  });

  it("of somebody with a hundred do not keep anybody else waiting", async () => {
    const vendor = openVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    for (let index = 0; index < 100; index += 1) await shop.createOne();
    await goOn(shop, 400);
    await shop.createOne({}, "usr_b");
    await shop.createOne({}, "usr_b");
    await goOn(shop, 2_000);
    expect([await startsOf(OWNER), await startsOf("usr_b")]).toEqual([3, 2]);
  });

  it("of somebody with thirty at one vendor do not keep anybody waiting at another", async () => {
    const shop = openWorkshop(studio, openVendor().fetch, GATEWAY, SINGAPORE);
    const ids = shop.workshop.connections.offered.map(({ view }) => view.id);
    const [gateway, singapore] = ids as [string, string];
    for (let index = 0; index < 30; index += 1)
      await shop.createOne({ connectionId: gateway, shownPrice: null });
    await shop.createOne({ connectionId: singapore }, "usr_b");
    const turns = [await shop.lease(), await shop.lease(), await shop.lease()];
    expect(turns.map((row) => row?.ownerId)).toEqual([OWNER, "usr_b", OWNER]);
  });

  it("of two keys of one account share its places, and those of two accounts do not", async () => {
    const vendor = openVendor();
    const other = { ...SINGAPORE, name: "Other", apiKey: "sk-other-0123456789" };
    const fill = async (shop: TestWorkshop) => {
      const ids = shop.workshop.connections.offered.map(({ view }) => view.id);
      for (let index = 0; index < RUNNING_MAX; index += 1)
        for (const connectionId of ids) await shop.createOne({ connectionId });
      await goOn(shop, 3_000);
    };
    await fill(
      openWorkshop(studio, vendor.fetch, { ...SINGAPORE, account: "ours" }, { ...other, account: "ours" }),
    );
    expect(vendor.sentTo(CREATE)).toHaveLength(RUNNING_MAX);
    await goOn(openWorkshop(studio, vendor.fetch, SINGAPORE, other), 3_000);
    expect(vendor.sentTo(CREATE)).toHaveLength(2 * RUNNING_MAX);
  });

  it("take turns while they are made ready, too", async () => {
    const shop = openWorkshop(studio, openVendor().fetch);
    for (let index = 0; index < RUNNING_MAX; index += 1) await shop.createOne();
    await shop.createOne({}, "usr_b");
    const turns = [await shop.lease(), await shop.lease(), await shop.lease()];
    expect(turns.map((row) => row?.ownerId)).toEqual([OWNER, "usr_b", OWNER]);
  });

  it("know their place in line", async () => {
    const vendor = openVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    for (let index = 0; index < RUNNING_MAX; index += 1) await shop.createOne();
    await goOn(shop, 2_000);
    const mine: string[] = [];
    for (let index = 0; index < 2; index += 1) {
      mine.push(await shop.createOne());
      studio.clock.advance(1);
    }
    const hers = await shop.createOne({}, "usr_b");
    expect(await shop.workshop.startQueue.placesOf(OWNER)).toEqual({
      [mine[0] ?? ""]: 2,
      [mine[1] ?? ""]: 3,
    });
    expect(await shop.workshop.startQueue.placesOf("usr_b")).toEqual({ [hers]: 1 });
  });

  it("all hold back when the vendor says to wait", async () => {
    const vendor = openVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    await shop.createOne();
    await shop.createOne();
    vendor.state.refuseNext = true;
    await shop.advanceDue();
    expect(vendor.sentTo(CREATE)).toHaveLength(1);
    await goOn(shop, 29_400);
    expect(vendor.sentTo(CREATE)).toHaveLength(1);
    await goOn(shop, 2_000);
    expect(vendor.sentTo(CREATE)).toHaveLength(3);
  });

  it("of another model are not held up", async () => {
    const vendor = openVendor();
    const shop = openWorkshop(studio, vendor.fetch);
    for (let index = 0; index < RUNNING_MAX + 1; index += 1) await shop.createOne();
    await goOn(shop, 2_000);
    const other = await shop.createOne({ modelId: "wan2.6-i2v" });
    await shop.advanceDue();
    expect((await shop.read(other)).state).toBe("running");
  });

  it("go out a second apart where the vendor publishes no limits, and its 429 holds them all back", async () => {
    const vendor = createScriptedVendor({
      [`POST ${GATEWAY_ROUTE}`]: [
        json(200, { id: "gen-1", status: "queued" }),
        json(429, { message: "Too Many Requests" }, { "retry-after": "30" }),
        json(200, { id: "gen-2", status: "queued" }),
      ],
      [`GET ${GATEWAY_ROUTE}`]: [json(200, { id: "gen-1", status: "generating" })],
    });
    const shop = openWorkshop(studio, vendor.fetch, GATEWAY);
    for (let index = 0; index < 3; index += 1) await shop.createOne({ shownPrice: null });
    const sent = () => vendor.sentTo(GATEWAY_ROUTE).filter(({ method }) => method === "POST").length;
    await shop.advanceDue();
    expect(sent()).toBe(1);
    await goOn(shop, 800);
    expect(sent()).toBe(1);
    await goOn(shop, 28_000);
    expect(sent()).toBe(2);
    await goOn(shop, 4_000);
    expect(sent()).toBe(4);
  });

  it("wait for a start of unknown fate as for one that runs, but not for longer than most run", async () => {
    const vendor = createScriptedVendor({
      [`POST ${CREATE}`]: [connectionError("ECONNRESET")],
      "GET /api/v1/tasks/": [json(200, { data: [], total_page: 0 })],
    });
    const shop = openWorkshop(studio, vendor.fetch);
    for (let index = 0; index < RUNNING_MAX + 1; index += 1) await shop.createOne();
    await goOn(shop, 60_000);
    expect(vendor.sentTo(CREATE)).toHaveLength(RUNNING_MAX);
    studio.clock.advance(4 * 60_000);
    await goOn(shop, 1_000);
    expect(vendor.sentTo(CREATE)).toHaveLength(RUNNING_MAX + 1);
  });
});
