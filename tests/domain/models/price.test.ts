import { expect, it } from "vitest";
import { catalogue } from "@/lib/domain/models/catalogue";
import type { Model } from "@/lib/domain/models/model";
import { modelAt } from "@/lib/domain/models/offer";
import { estimatePrice } from "@/lib/domain/models/price";
import { formatMoney, parseMoney } from "@/lib/domain/money";

const wan27 = catalogue.find((model) => model.id === "wan2.7-i2v") as Model;

it("multiplies seconds by the price of the region and tier, in its currency", () => {
  const at = (
    region: "cn-beijing" | "ap-southeast-1",
    resolution: "720P" | "1080P",
    durationSeconds: number,
  ) => {
    const price = estimatePrice(
      wan27,
      { place: { vendor: "dashscope", region }, prices: [] },
      { resolution, durationSeconds },
    );
    return price && formatMoney(price);
  };
  expect(at("ap-southeast-1", "720P", 5)).toBe("$0.50");
  expect(at("ap-southeast-1", "1080P", 15)).toBe("$2.25");
  expect(at("cn-beijing", "720P", 5)).toBe("¥3.00");
  expect(at("cn-beijing", "1080P", 2)).toBe("¥2.00");
});

it("says nothing where the model is not offered or a tier has no price", () => {
  const virginia = { vendor: "dashscope", region: "us-east-1" } as const;
  expect(modelAt(wan27, virginia)).toBeNull();
  expect(
    estimatePrice(wan27, { place: virginia, prices: [] }, { resolution: "720P", durationSeconds: 5 }),
  ).toBeNull();
  const singapore = { vendor: "dashscope", region: "ap-southeast-1" } as const;
  expect(
    estimatePrice(wan27, { place: singapore, prices: [] }, { resolution: "480P", durationSeconds: 5 }),
  ).toBeNull();
});

it("shows parts of a cent only where there are some", () => {
  expect(formatMoney({ amountMicro: 37_500, currency: "USD" })).toBe("$0.0375");
  expect(formatMoney({ amountMicro: 1_100_000, currency: "CNY" })).toBe("¥1.10");
});

it("takes the operator's own price before the catalogue's, tier by tier, and for silent films only where there is one", () => {
  const flash = catalogue.find((model) => model.id === "wan2.6-i2v-flash") as Model;
  const usd = (amountMicro: number) => ({ amountMicro, currency: "USD" as const });
  const at = {
    place: { vendor: "dashscope", region: "ap-southeast-1" } as const,
    prices: [
      { modelId: flash.id, perSecond: { "720P": usd(40_000) }, silentPerSecond: { "720P": usd(10_000) } },
    ],
  };
  const price = (parameters: Omit<Parameters<typeof estimatePrice>[2], "durationSeconds">) =>
    estimatePrice(flash, at, { ...parameters, durationSeconds: 5 })?.amountMicro;
  expect(price({ resolution: "720P" })).toBe(200_000);
  expect(price({ resolution: "720P", sound: "silent" })).toBe(50_000);
  expect(price({ resolution: "1080P" })).toBe(375_000);
  expect(price({ resolution: "1080P", sound: "silent" })).toBe(187_500);
});

it("reads an amount exactly, and nothing that only looks like one", () => {
  expect(parseMoney("0.0375 USD")).toEqual({ amountMicro: 37_500, currency: "USD" });
  expect(parseMoney(" 20CNY ")).toEqual({ amountMicro: 20_000_000, currency: "CNY" });
  for (const text of ["", "20", "-1 USD", "1e3 USD", "0.0000001 USD", "1,5 USD", "20 EUR"]) {
    expect(parseMoney(text)).toBeNull();
  }
});
