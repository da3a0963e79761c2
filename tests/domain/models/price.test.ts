import { expect, it } from "vitest";
import { catalogue } from "@/lib/domain/models/catalogue";
import type { Model } from "@/lib/domain/models/model";
import { modelAt } from "@/lib/domain/models/offer";
import { estimatePrice } from "@/lib/domain/models/price";
import { formatMoney } from "@/lib/domain/money";

const wan27 = catalogue.find((model) => model.id === "wan2.7-i2v") as Model;

it("multiplies seconds by the price of the region and tier, in its currency", () => {
  const at = (
    region: "cn-beijing" | "ap-southeast-1",
    resolution: "720P" | "1080P",
    durationSeconds: number,
  ) => {
    const price = estimatePrice(wan27, { vendor: "dashscope", region }, { resolution, durationSeconds });
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
  expect(estimatePrice(wan27, virginia, { resolution: "720P", durationSeconds: 5 })).toBeNull();
  const singapore = { vendor: "dashscope", region: "ap-southeast-1" } as const;
  expect(estimatePrice(wan27, singapore, { resolution: "480P", durationSeconds: 5 })).toBeNull();
});

it("shows parts of a cent only where there are some", () => {
  expect(formatMoney({ amountMicro: 37_500, currency: "USD" })).toBe("$0.0375");
  expect(formatMoney({ amountMicro: 1_100_000, currency: "CNY" })).toBe("¥1.10");
});
