import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readUsage, type Usage } from "@/lib/domain/usage";

type Fixture = { documented: { name: string; usage: object; read: Usage }[]; unreadable: unknown[] };
const { documented, unreadable }: Fixture = JSON.parse(
  readFileSync("tests/fixtures/wire/usage.json", "utf8"),
);

describe("a documented usage is read", () => {
  it.each(documented.map((row) => [row.name, row] as const))("%s", (_name, { usage, read }) => {
    expect(readUsage(usage)).toEqual(read);
    // Vendors add keys.
    expect(readUsage({ ...usage, fps: 30, ratio: "16:9" })).toEqual(read);
  });
});

it.each(unreadable.map((raw) => [JSON.stringify(raw), raw]))("%s is not taken for a bill", (_name, raw) => {
  expect(readUsage(raw)).toBeNull();
});

it("a part that makes no sense does not spoil the rest", () => {
  expect(readUsage({ duration: 5, SR: "HD", audio: "yes", input_video_duration: {} })).toEqual({
    by: "seconds",
    billedSeconds: 5,
    resolutionTier: null,
    hasAudio: null,
    inputSeconds: null,
    outputSeconds: null,
  });
});

it("dollars that are told go before dollars reckoned from credits", () => {
  expect(readUsage({ credits_used: 1_000_000, usd_spent: 0.6 })).toMatchObject({
    spent: { amountMicro: 600_000, currency: "USD" },
  });
});
