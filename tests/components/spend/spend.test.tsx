import { cleanup, render, screen, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { GenerationFacts } from "@/components/player/generation-facts";
import { CapList } from "@/components/spend/cap-list";
import { CurrencyReport } from "@/components/spend/currency-report";
import { MonthChoice } from "@/components/spend/month-choice";
import { nothingSpentWords, uncountedWords } from "@/components/spend/spend-words";
import type { GenerationView } from "@/lib/domain/generation";
import type { Money } from "@/lib/domain/money";
import type { CurrencySpend, SpendReport } from "@/lib/domain/spend-report";
import { clipView, failedView } from "../factories";

afterEach(cleanup);

const line = (label: string, settledMicro: number, reservedMicro: number) => ({
  key: label,
  label,
  clipCount: 1,
  settledMicro,
  reservedMicro,
});
const spent: CurrencySpend = {
  currency: "USD",
  clipCount: 2,
  settledMicro: 537_500,
  reservedMicro: 500_000,
  days: [line("Sat, Nov 21", 500_000, 500_000), line("Fri, Nov 20", 37_500, 0)],
  models: [line("Wan 2.7", 537_500, 500_000)],
  people: [line("Ada", 537_500, 500_000)],
};
const cells = (table: string, row: string) =>
  within(within(screen.getByRole("table", { name: table })).getByRole("row", { name: new RegExp(`^${row}`) }))
    .getAllByRole("cell")
    .map(({ textContent }) => textContent)
    .filter((text) => text !== "");

test("the tables show charged apart from held, every figure of a table with the same decimals", () => {
  render(<CurrencyReport spent={spent} isAlone hasPeople />);
  expect(cells("By day", "Sat, Nov 21")).toEqual(["1", "$0.5000", "$0.5000"]);
  expect(cells("By day", "Fri, Nov 20")).toEqual(["1", "$0.0375", "–nothing"]);
  expect(cells("By person", "Ada")).toEqual(["1", "$0.5375", "$0.5000"]);
});

test("who is no operator has no table of people", () => {
  render(<CurrencyReport spent={spent} isAlone hasPeople={false} />);
  expect(screen.queryByRole("table", { name: "By person" })).toBeNull();
});

test("a cap that a bill has passed leaves nothing, never less", () => {
  const cap = { scope: "everyone", period: "month", currency: "CNY" } as const;
  render(<CapList caps={[{ ...cap, capMicro: 1_000_000, usedMicro: 1_200_000 }]} />);
  expect(screen.getByRole("listitem").textContent).toMatch(
    /^Everybody’s cap for this month¥0\.00 left of ¥1\.00¥1\.20 used/,
  );
});

test("months lead back, and forward only as far as this one", () => {
  render(<MonthChoice month="2026-10" thisMonth="2026-11" />);
  const links = () =>
    screen.getAllByRole("link").map((link) => [link.textContent, link.getAttribute("href")]);
  expect(links()).toEqual([
    ["September 2026", "/spend?month=2026-09"],
    ["November 2026", "/spend"],
  ]);
  cleanup();
  render(<MonthChoice month="2026-11" thisMonth="2026-11" />);
  expect(links()).toEqual([["October 2026", "/spend?month=2026-10"]]);
});

test("a month without spend says why, and what does not count is named", () => {
  const report = (different: Partial<SpendReport>): SpendReport => ({
    currencies: [],
    demoCount: 0,
    unpricedCount: 0,
    releasedCount: 0,
    ...different,
  });
  expect(nothingSpentWords(report({}), "November 2026")).toBe("Nothing was spent in November 2026.");
  expect(nothingSpentWords(report({ demoCount: 12 }), "November 2026")).toContain(
    "all 12 clips were made in demo mode, which is never charged",
  );
  expect(uncountedWords(report({ releasedCount: 1, unpricedCount: 2 }))).toEqual([
    "1 clip ended without a charge.",
    expect.stringMatching(/^2 clips at a price that is not known here/),
  ]);
});

const usd = (amountMicro: number): Money => ({ amountMicro, currency: "USD" });
test.each<[string, Partial<GenerationView>, string]>([
  ["billed as estimated", { cost: usd(500_000) }, "$0.50"],
  ["billed otherwise", { cost: usd(400_000) }, "$0.50, billed $0.40"],
  ["billed at a price we did not know", { price: null, cost: usd(400_000) }, "billed $0.40"],
  ["not billed yet", { state: "running", clip: null }, "$0.50 if it succeeds"],
  ["given back", failedView(), "nothing was charged"],
  ["cancelled before it began", { state: "cancelled", clip: null }, "nothing was charged"],
  ["cancelled too late", { state: "cancelled" }, "$0.50"],
])("the player tells the price of a clip %s", (_case, different, words) => {
  const connection = { id: "ds", label: "Singapore", isDemo: false };
  render(<GenerationFacts view={clipView({ ...different, connection })} />);
  expect(screen.getByText("Price").nextElementSibling?.textContent).toBe(words);
});
