import { expect, it } from "vitest";
import type { ConnectionView } from "@/lib/domain/connection";
import { billedCost } from "@/lib/domain/models/billed-cost";
import type { Money } from "@/lib/domain/money";

const usd = (amountMicro: number): Money => ({ amountMicro, currency: "USD" });
const market: Pick<ConnectionView, "place" | "prices"> = {
  place: { vendor: "dashscope", region: "ap-southeast-1" },
  prices: [],
};
const order = {
  modelId: "wan2.7-i2v",
  price: usd(450_000),
  parameters: { prompt: "", resolution: "720P", durationSeconds: 5 },
} as const;

it("what was made as ordered is billed at the price of the order, not of today", () => {
  expect(billedCost(order, { duration: 5, SR: 720 }, market)).toEqual(usd(450_000));
  expect(billedCost(order, { duration: 4 }, market)).toEqual(usd(360_000));
});

it("another tier is billed at today's price of that tier", () => {
  expect(billedCost(order, { duration: 5, SR: 1080 }, market)).toEqual(usd(750_000));
});

it("a price that was not known at the order is today's, where the operator has entered it since", () => {
  const prices = [{ modelId: "wan2.7-i2v", perSecond: { "720P": usd(80_000) } }];
  expect(billedCost({ ...order, price: null }, { duration: 5 }, { ...market, prices })).toEqual(usd(400_000));
});

it("money that the vendor names itself is taken at its word", () => {
  expect(billedCost(order, { usd_spent: 0.7875 }, market)).toEqual(usd(787_500));
});

it("a model that has left the catalogue still settles by its own price, and else stays as estimated", () => {
  const gone = { ...order, modelId: "wan0.1" };
  expect(billedCost(gone, { duration: 5 }, market)).toEqual(usd(450_000));
  expect(billedCost(gone, { duration: 5, SR: 1080 }, market)).toBeNull();
  expect(billedCost(order, { frames: 3 }, market)).toBeNull();
});
