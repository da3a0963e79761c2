import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAppError } from "@/lib/domain/errors";
import { newId } from "@/lib/domain/ids";
import type { Money } from "@/lib/domain/money";
import { createGeneration } from "@/lib/server/generations/create-generation";
import { dismissFailure } from "@/lib/server/generations/end-generation";
import { findGeneration, listGenerations, PAGE_SIZE } from "@/lib/server/generations/list-generations";
import { retryGeneration } from "@/lib/server/generations/retry-generation";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { insertSome } from "@/tests/support/some-generation";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop, type TestWorkshop } from "@/tests/support/test-workshop";

let studio: TestStudio;
let shop: TestWorkshop;
let vendor: ReturnType<typeof createScriptedVendor>;
let firstFrame: string;

const refused = json(400, {
  code: "DataInspectionFailed",
  message: "Input data may contain…",
  request_id: "q",
});

beforeEach(async () => {
  studio = await openTestStudio();
  vendor = createScriptedVendor({ "POST /api/v1/": [refused] });
  shop = openWorkshop(studio, vendor.fetch);
  firstFrame = await shop.uploadPicture();
});
afterEach(() => studio.remove());

function create(change: Parameters<TestWorkshop["order"]>[0] = {}, ownerId = OWNER) {
  return createGeneration(shop.workshop, ownerId, shop.order({ media: { firstFrame }, ...change }));
}

async function refusal(promise: Promise<unknown>) {
  try {
    await promise;
  } catch (error) {
    if (isAppError(error))
      return { status: error.status, code: error.code, message: error.message, fields: error.fields };
    throw error;
  }
  throw new Error("The order was taken");
}

async function countRows(): Promise<number> {
  return (await studio.db.selectFrom("generations").select("id").execute()).length;
}

describe("an order", () => {
  it("is a queued row with all that was asked, the predicted size and the price", async () => {
    const view = await create();
    expect(view).toMatchObject({
      state: "queued",
      modelLabel: "Wan 2.7",
      connection: { label: "Model Studio, Singapore", isDemo: false },
      media: { firstFrame: { assetId: firstFrame, fileName: "boat.jpg", width: 800, height: 600 } },
      parameters: { prompt: "The boat leaves the pier", resolution: "720P", durationSeconds: 5 },
      predictedSize: { width: 1104, height: 816 },
      price: { amountMicro: 500_000, currency: "USD" },
      clip: null,
    });
    expect(view).not.toHaveProperty("ownerId");
    expect(view).not.toHaveProperty("remoteTask");
  });

  it("given twice, even at the same moment, is one row", async () => {
    const order = shop.order({ media: { firstFrame } });
    const views = await Promise.all([1, 2, 3].map(() => createGeneration(shop.workshop, OWNER, order)));
    expect(new Set(views.map(({ id }) => id)).size).toBe(1);
    // By which a page whose answer was lost finds its order.
    expect(views[0]?.requestId).toBe(order.requestId);
    expect(await countRows()).toBe(1);
    expect(await studio.generations.listEvents(OWNER, 0, 10)).toHaveLength(1);
  });

  it("that was changed after its first press got lost is not mistaken for the first", async () => {
    const order = shop.order({ media: { firstFrame } });
    await createGeneration(shop.workshop, OWNER, order);
    const changed = { ...order, parameters: { ...order.parameters, prompt: "Another film" } };
    const { status, code, message } = await refusal(createGeneration(shop.workshop, OWNER, changed));
    expect([status, code]).toEqual([409, "already-ordered"]);
    expect(message).toMatch(/^What stands here has not been sent\..*Press Generate to send this one too\.$/);
    expect(await countRows()).toBe(1);
  });

  it("of another person with the same request id is their own", async () => {
    const theirs = await shop.uploadPicture("usr_b");
    const order = shop.order({ media: { firstFrame } });
    const mine = await createGeneration(shop.workshop, OWNER, order);
    const other = await createGeneration(shop.workshop, "usr_b", { ...order, media: { firstFrame: theirs } });
    expect(other.id).not.toBe(mine.id);
  });

  it("is refused when the price is not the one that was shown", async () => {
    const shown = await refusal(create({ shownPrice: { amountMicro: 400_000, currency: "USD" } }));
    expect(shown).toMatchObject({ status: 409, code: "price-changed" });
    expect(shown.message).toContain("$0.50");
    expect((await refusal(create({ shownPrice: null }))).code).toBe("price-changed");
  });

  it("is refused with every wrong field named at once", async () => {
    const { status, fields } = await refusal(
      create({
        media: {},
        parameters: { prompt: "x".repeat(6000), resolution: "720P", durationSeconds: 2.5 },
      }),
    );
    expect(status).toBe(422);
    expect(Object.keys(fields ?? {}).sort()).toEqual(["durationSeconds", "firstFrame", "prompt"]);
  });

  it("cannot use a stranger's picture, which reads as one that is not there", async () => {
    const theirs = await refusal(create({}, "usr_b"));
    const none = await refusal(create({ media: { firstFrame: newId("ast") } }, "usr_b"));
    expect(theirs).toEqual(none);
  });

  it("cannot name a connection or a model that is not offered", async () => {
    expect((await refusal(create({ connectionId: "demo" }))).status).toBe(400);
    expect((await refusal(create({ modelId: "wan9" }))).code).toBe("model-not-offered");
  });

  it("that was refused leaves no row", async () => {
    await refusal(create({ parameters: {} }));
    expect(await countRows()).toBe(0);
  });
});

describe("a retry", () => {
  async function failedOne() {
    const { id } = await create();
    await shop.advanceDue();
    expect((await shop.read(id)).state).toBe("failed");
    return id;
  }
  const price = { amountMicro: 500_000, currency: "USD" } as const;

  const retry = (id: string, shownPrice: Money = price) =>
    retryGeneration(shop.workshop, OWNER, { id, shownPrice });

  it("is a new row with the same wishes; the failed one stays and is put away", async () => {
    const id = await failedOne();
    const again = await retry(id);
    expect(again).toMatchObject({ state: "queued", retryOf: id, parameters: { durationSeconds: 5 } });
    expect(await findGeneration(studio.generations, OWNER, id)).toMatchObject({
      state: "failed",
      isDismissed: true,
    });
  });

  it("pressed again, in whatever tab and however late, answers with the row of the first press", async () => {
    const id = await failedOne();
    const atOnce = await Promise.all([1, 2, 3].map(() => retry(id)));
    const [made] = atOnce;
    expect(new Set(atOnce.map((view) => view.id)).size).toBe(1);
    studio.clock.advance(1000);
    await shop.advanceDue();
    studio.clock.advance(3_600_000);
    // Even a page that shows an old price gets the row, and no refusal that would be pressed away.
    const late = await retry(id, { amountMicro: 1, currency: "USD" });
    expect(late).toMatchObject({ id: made?.id, state: "failed" });
    expect(await countRows()).toBe(2);
    expect(vendor.sentTo("/api/v1/")).toHaveLength(2);
  });

  it("that an earlier version ordered by another id is not ordered again", async () => {
    const id = await failedOne();
    const { generation } = await insertSome(studio.generations, { retryOf: id });
    expect((await retry(id)).id).toBe(generation.id);
    expect(await countRows()).toBe(2);
  });

  it("that was refused has ordered nothing and can be pressed again", async () => {
    const id = await failedOne();
    expect((await refusal(retry(id, { amountMicro: 1, currency: "USD" }))).code).toBe("price-changed");
    expect(await findGeneration(studio.generations, OWNER, id)).toMatchObject({ isDismissed: false });
    expect(await retry(id)).toMatchObject({ state: "queued", retryOf: id });
  });

  it("that failed too has a retry of its own", async () => {
    const id = await failedOne();
    const second = await retry(id);
    studio.clock.advance(1000);
    await shop.advanceDue();
    const third = await retry(second.id);
    expect(third).toMatchObject({ state: "queued", retryOf: second.id });
    expect((await retry(second.id)).id).toBe(third.id);
    expect((await retry(id)).id).toBe(second.id);
    expect(await countRows()).toBe(3);
  });

  it("of a stranger's row, or of one still on its way, is refused", async () => {
    const id = await failedOne();
    const input = { id, shownPrice: price };
    expect((await refusal(retryGeneration(shop.workshop, "usr_b", input))).status).toBe(404);
    const { id: queued } = await create();
    expect((await refusal(retryGeneration(shop.workshop, OWNER, { ...input, id: queued }))).status).toBe(409);
  });

  it("can be declined: a failure stays until it is dismissed", async () => {
    const id = await failedOne();
    const before = await findGeneration(studio.generations, OWNER, id);
    const after = await dismissFailure(shop.workshop, OWNER, id);
    expect(after).toMatchObject({ isDismissed: true, version: before.version + 1 });
    expect((await refusal(dismissFailure(shop.workshop, "usr_b", id))).status).toBe(404);
  });
});

describe("the gallery", () => {
  it("is paged newest first, without a row twice or missing, even among rows of one instant", async () => {
    const ids: string[] = [];
    for (let index = 0; index < PAGE_SIZE + 5; index += 1) {
      if (index % 3 === 0) studio.clock.advance(1000);
      ids.push((await create()).id);
    }
    const first = await listGenerations(studio.generations, OWNER, null);
    const second = await listGenerations(studio.generations, OWNER, first.nextBefore);
    expect(first.generations).toHaveLength(PAGE_SIZE);
    expect(second.nextBefore).toBeNull();
    const listed = [...first.generations, ...second.generations];
    expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(ids));
    const times = listed.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort((left, right) => right - left));
  });

  it("shows nobody else's", async () => {
    const { id } = await create();
    expect((await listGenerations(studio.generations, "usr_b", null)).generations).toEqual([]);
    const theirs = await refusal(findGeneration(studio.generations, "usr_b", id));
    const none = await refusal(findGeneration(studio.generations, "usr_b", newId("gen")));
    expect(theirs).toEqual(none);
  });

  it("refuses a cursor that it never gave", async () => {
    expect((await refusal(listGenerations(studio.generations, OWNER, "'; drop table"))).status).toBe(400);
  });
});
