import { describe, expect, it } from "vitest";
import { monthFrom, monthLabel, readMonth } from "@/lib/domain/calendar-month";
import { decimalAmount, decimalsOf, formatMoney } from "@/lib/domain/money";
import { type CapUse, refuseOverCap, tightestCap } from "@/lib/domain/spend";
import { reportSpend, type SpendRow } from "@/lib/domain/spend-report";

function row(different: Partial<SpendRow> = {}): SpendRow {
  return {
    day: "2026-11-21",
    modelId: "wan2.7-i2v",
    modelLabel: "Wan 2.7",
    ownerId: "usr_ada",
    isDemo: false,
    spend: { kind: "settled", currency: "USD", amountMicro: 500_000 },
    clipCount: 1,
    ...different,
  };
}
const usd = (kind: "settled" | "reserved" | "released", amountMicro: number) =>
  ({ kind, currency: "USD", amountMicro }) as const;
const nameOf = (id: string) => ({ usr_ada: "Ada", usr_bob: "Bob" })[id] ?? "Ada";

describe("the spend report", () => {
  it("adds up to the same total by day, by model and by person, with what is held apart", () => {
    const rows = [
      row({ spend: usd("settled", 1_000_001), clipCount: 2 }),
      row({
        day: "2026-11-20",
        modelId: "wan2.6-i2v",
        modelLabel: "Wan 2.6",
        spend: usd("reserved", 37_500),
      }),
      row({ ownerId: "usr_bob", spend: usd("settled", 2_000_000), clipCount: 4 }),
      row({ spend: usd("reserved", 250_000) }),
    ];
    const [spent, ...others] = reportSpend(rows, nameOf).currencies;
    expect(others).toEqual([]);
    expect(spent).toMatchObject({ clipCount: 8, settledMicro: 3_000_001, reservedMicro: 287_500 });
    for (const lines of [spent?.days, spent?.models, spent?.people]) {
      const sum = (of: "clipCount" | "settledMicro" | "reservedMicro") =>
        lines?.reduce((total, line) => total + line[of], 0);
      expect([sum("clipCount"), sum("settledMicro"), sum("reservedMicro")]).toEqual([8, 3_000_001, 287_500]);
    }
    expect(spent?.days.map(({ label }) => label)).toEqual(["Sat, Nov 21", "Fri, Nov 20"]);
    expect(spent?.people.map(({ label, settledMicro }) => [label, settledMicro])).toEqual([
      ["Bob", 2_000_000],
      ["Ada", 1_000_001],
    ]);
  });

  it("never adds one currency to another", () => {
    const yuan = row({ spend: { kind: "settled", currency: "CNY", amountMicro: 3_000_000 } });
    const { currencies } = reportSpend([row(), yuan], nameOf);
    expect(currencies.map(({ currency, settledMicro }) => [currency, settledMicro])).toEqual([
      ["USD", 500_000],
      ["CNY", 3_000_000],
    ]);
  });

  it("counts the demo, unknown prices and what was given back, but never into a sum", () => {
    const report = reportSpend(
      [
        row({ isDemo: true, spend: null, clipCount: 7 }),
        row({ spend: null, clipCount: 2 }),
        row({ spend: usd("released", 0), clipCount: 3 }),
      ],
      nameOf,
    );
    expect(report).toEqual({ currencies: [], demoCount: 7, unpricedCount: 2, releasedCount: 3 });
  });

  it("tells two people of one name apart", () => {
    const rows = [row({ ownerId: "usr_000000aaaa" }), row({ ownerId: "usr_000000bbbb" })];
    const labels = reportSpend(rows, nameOf).currencies[0]?.people.map(({ label }) => label);
    expect(labels).toEqual(["Ada (aaaa)", "Ada (bbbb)"]);
  });
});

describe("a month", () => {
  it.each(["2026-13", "2026-1", "0000-00", "2026-12", "", "2026-11-01", "'; drop", ["2026-10"], undefined])(
    "asked for as %j is this one",
    (asked) => expect(readMonth(asked, "2026-11")).toBe("2026-11"),
  );

  it("leads to its neighbours over the year's end", () => {
    expect(readMonth("2026-01", "2026-11")).toBe("2026-01");
    expect([monthFrom("2026-01", -1), monthFrom("2026-12", 1)]).toEqual(["2025-12", "2027-01"]);
    expect(monthLabel("2026-11")).toBe("November 2026");
  });
});

describe("what is left of the caps", () => {
  const cap = (capMicro: number, usedMicro: number, different: Partial<CapUse> = {}): CapUse => ({
    scope: "person",
    period: "day",
    currency: "USD",
    capMicro,
    usedMicro,
    ...different,
  });

  it("is said only of a cap more than half used, of the one that leaves least, in its own currency", () => {
    expect(tightestCap([cap(100, 50)], "USD")).toBeNull();
    expect(tightestCap([cap(100, 51)], "CNY")).toBeNull();
    const month = cap(1000, 990, { period: "month" });
    expect(tightestCap([cap(100, 51), month, cap(5, 0)], "USD")).toBe(month);
  });

  it("refuses what does not fit to the millionth, and takes what just does", () => {
    expect(refuseOverCap({ amountMicro: 10, currency: "USD" }, [cap(100, 90)])).toBeNull();
    expect(refuseOverCap({ amountMicro: 11, currency: "USD" }, [cap(100, 90)])).toBe(
      "Over your cap: $0.00001 of $0.0001 is left for today.",
    );
  });
});

describe("amounts", () => {
  it("are written with thousands apart, and a column with one number of decimals", () => {
    expect(formatMoney({ amountMicro: 12_345_678_900, currency: "USD" })).toBe("$12,345.6789");
    expect(decimalsOf([500_000, 37_500])).toBe(4);
    expect(formatMoney({ amountMicro: 36_000, currency: "USD" })).toBe("$0.036");
    expect(formatMoney({ amountMicro: 1_325_000, currency: "USD" })).toBe("$1.325");
    expect(formatMoney({ amountMicro: 500_000, currency: "USD" }, 4)).toBe("$0.5000");
    expect(formatMoney({ amountMicro: 1, currency: "USD" })).toBe("$0.000001");
    expect(decimalAmount({ amountMicro: 1_250_000_000, currency: "CNY" })).toBe("1250.00");
  });
});
