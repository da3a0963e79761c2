import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findModel } from "@/lib/domain/models/catalogue";
import { createEmulator, type Emulator } from "@/lib/emulator/handler";
import { submitGeneration } from "@/lib/server/generations/submit-generation";
import { openTestStudio, type TestStudio, testMedia } from "@/tests/support/test-studio";
import { openWorkshop } from "@/tests/support/test-workshop";
import { captureRequests } from "./captured-requests";
import { press, type StoredInputs, storeInputs } from "./stored-inputs";
import { connectionAt } from "./wire-cases";

const PLACE = { vendor: "dashscope", region: "cn-beijing" } as const;
const HOUR_MS = 3_600_000;

let studio: TestStudio;
let inputs: StoredInputs;
let emulator: Emulator;

beforeEach(async () => {
  studio = await openTestStudio();
  inputs = await storeInputs(studio);
});
afterEach(async () => {
  await emulator.close();
  await studio.remove();
});

function start({ isStrict = false, apiKey = "sk-mine" } = {}) {
  emulator = createEmulator({
    dataDir: studio.incoming.pathFor("emulator"),
    media: testMedia(),
    clock: studio.clock,
    timeScale: 1,
    expiryScale: 1,
    region: PLACE.region,
    isStrict,
  });
  const vendor = captureRequests(emulator.handler);
  const shop = openWorkshop(studio, vendor.fetch, { ...connectionAt(PLACE), apiKey });
  return { vendor, shop };
}

const model = findModel("wan2.7-i2v") ?? expect.fail("there is no such model");
const order = {
  model,
  place: PLACE,
  mode: "animate" as const,
  media: ["firstFrame" as const, "drivingAudio" as const],
  form: { prompt: "a boat", resolution: "720P" as const, durationSeconds: 5, seed: 7 },
};

/** An order whose start leaves two days after its sound went up. */
async function startTooLate(options: { isStrict: boolean }) {
  const { vendor, shop } = start(options);
  const { id } = await press(shop, inputs, order);
  const row = (await shop.lease()) ?? expect.fail("no row is due");
  const { connections } = shop.workshop;
  const find: typeof connections.find = (name) => {
    const connection = connections.find(name);
    if (!connection) return null;
    const { provider } = connection;
    const late: typeof provider.start = (prepared, signal) => {
      studio.clock.advance(48 * HOUR_MS + 1);
      return provider.start(prepared, signal);
    };
    return { ...connection, provider: { ...provider, start: late } };
  };
  await submitGeneration({ ...shop.workshop, connections: { ...connections, find } }, row);
  expect(vendor.starts()).toHaveLength(1);
  return { shop, vendor, id };
}

describe("what only the vendor can know is explained, free of charge, and the wishes are kept", () => {
  it("a key of another region", async () => {
    const { vendor, shop } = start({ apiKey: "sk-invalid" });
    const { id } = await press(shop, inputs, order);
    await shop.advanceDue();
    const row = await shop.read(id);
    expect(row).toMatchObject({
      state: "failed",
      parameters: order.form,
      media: { firstFrame: { assetId: inputs.firstFrame.id } },
      failure: {
        kind: "bad-key",
        charged: "no",
        advice: "ask-operator",
        explanation: expect.stringContaining("another region"),
      },
    });
    expect(vendor.starts()).toEqual([]);
  });

  it("an upload that ran out before the task was made, where the failed task says so", async () => {
    const { shop, id } = await startTooLate({ isStrict: false });
    studio.clock.advance(15_000);
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({
      state: "failed",
      parameters: order.form,
      failure: { kind: "input-unreadable", charged: "no", advice: "retry", input: "drivingAudio" },
    });
  });

  it("and where the start is refused for it: the file goes up anew, and the film is made of that", async () => {
    const { shop, vendor, id } = await startTooLate({ isStrict: true });
    expect(await shop.read(id)).toMatchObject({
      state: "queued",
      failure: { kind: "input-unreadable", raw: { code: "InvalidParameter.DataInspection" } },
    });
    studio.clock.advance(60_000);
    await shop.advanceDue();
    expect(await shop.read(id)).toMatchObject({ state: "running" });
    expect(vendor.forms()).toHaveLength(2);
  });
});
