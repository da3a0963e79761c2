import { describe, expect, it } from "vitest";
import type { ConnectionPlace } from "@/lib/domain/connection";
import { catalogue } from "@/lib/domain/models/catalogue";
import type { Model } from "@/lib/domain/models/model";
import { modelAt, placesOf } from "@/lib/domain/models/offer";
import { estimatePrice, settledCost } from "@/lib/domain/models/price";
import { formatMoney, parseMoney } from "@/lib/domain/money";
import { readUsage } from "@/lib/domain/usage";

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

describe("the settled cost", () => {
  const at = (place: ConnectionPlace) => ({ place, prices: [] });
  const singapore = at({ vendor: "dashscope", region: "ap-southeast-1" });
  const beijing = at({ vendor: "dashscope", region: "cn-beijing" });
  const gateway = at({ vendor: "aimlapi" });
  const modelOf = (id: string) => catalogue.find((model) => model.id === id) as Model;
  const charged = (usage: unknown) => ({ charged: "yes" as const, usage: readUsage(usage) });
  const ordered = { resolution: "720P" } as const;

  it("is the billed seconds at the price of the billed tier, in the place's currency", () => {
    const usage = { duration: 10, input_video_duration: 0, output_video_duration: 10, SR: 1080 };
    expect(settledCost(charged(usage), wan27, singapore, ordered)).toEqual({
      amountMicro: 1_500_000,
      currency: "USD",
    });
    expect(settledCost(charged(usage), wan27, beijing, ordered)).toEqual({
      amountMicro: 10_000_000,
      currency: "CNY",
    });
  });

  it.each([12, 15])("of a continuation counts the whole film, however its parts are told", (made) => {
    const usage = { duration: 15, input_video_duration: 3, output_video_duration: made, SR: 720 };
    expect(settledCost(charged(usage), wan27, singapore, ordered)?.amountMicro).toBe(1_500_000);
  });

  it("is that of a silent film where the usage says so, or where it says nothing and silence was ordered", () => {
    const flash = modelOf("wan2.6-i2v-flash");
    const cost = (audio: boolean | undefined, sound?: "silent") =>
      settledCost(charged({ duration: 5, SR: 720, audio }), flash, singapore, { ...ordered, sound })
        ?.amountMicro;
    expect(cost(true)).toBe(250_000);
    expect(cost(false)).toBe(125_000);
    expect(cost(undefined)).toBe(250_000);
    expect(cost(undefined, "silent")).toBe(125_000);
    expect(cost(true, "silent")).toBe(250_000);
  });

  it("takes the ordered tier where the model's usage does not name one", () => {
    const usage = { video_duration: 5, video_ratio: "standard", video_count: 1 };
    expect(settledCost(charged(usage), modelOf("wanx2.1-i2v-turbo"), beijing, ordered)).toEqual({
      amountMicro: 1_200_000,
      currency: "CNY",
    });
  });

  it("is what the gateway says that it took", () => {
    const usage = { credits_used: 1_575_000, usd_spent: 0.7875 };
    expect(settledCost(charged(usage), wan27, gateway, ordered)).toEqual({
      amountMicro: 787_500,
      currency: "USD",
    });
  });

  it("is nothing where the vendor charged nothing, whatever the price would be", () => {
    const free = { charged: "no", usage: null } as const;
    expect(settledCost(free, wan27, beijing, ordered)).toEqual({ amountMicro: 0, currency: "CNY" });
    expect(settledCost(free, wan27, gateway, ordered)).toEqual({
      amountMicro: 0,
      currency: "USD",
    });
  });

  it("goes by the operator's own price where there is one", () => {
    const perSecond = { "720P": { amountMicro: 90_000, currency: "USD" as const } };
    const own = { ...singapore, prices: [{ modelId: wan27.id, perSecond }] };
    expect(settledCost(charged({ duration: 4, SR: 720 }), wan27, own, ordered)?.amountMicro).toBe(360_000);
  });

  it("is not known without a usage, or without a price", () => {
    expect(settledCost({ charged: "yes", usage: null }, wan27, singapore, ordered)).toBeNull();
    expect(settledCost({ charged: "unknown", usage: null }, wan27, singapore, ordered)).toBeNull();
    const frankfurt = at({ vendor: "dashscope", region: "eu-central-1" });
    expect(
      settledCost(charged({ duration: 5, SR: 720 }), modelOf("wan2.6-i2v"), frankfurt, ordered),
    ).toBeNull();
    expect(settledCost(charged({ duration: 5, SR: 480 }), wan27, singapore, ordered)).toBeNull();
  });

  it("of what was billed as ordered is the estimate, for every model, place, tier and sound with a price", () => {
    let compared = 0;
    for (const known of catalogue) {
      for (const place of placesOf(known)) {
        for (const resolution of known.parameters.resolution.values) {
          for (const sound of known.parameters.sound?.values ?? [undefined]) {
            const parameters = {
              resolution,
              sound,
              durationSeconds: known.parameters.durationSeconds.initial,
            };
            const SR = Number.parseInt(resolution, 10);
            const usage = { duration: parameters.durationSeconds, SR };
            const estimate = estimatePrice(known, at(place), parameters);
            expect(settledCost(charged(usage), known, at(place), parameters)).toEqual(estimate);
            if (estimate) {
              expect(Number.isInteger(estimate.amountMicro)).toBe(true);
              compared += 1;
            }
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(30);
  });
});
