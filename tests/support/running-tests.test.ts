import { expect, it } from "vitest";
import { namesOfRunningTests } from "./running-tests";

it.each([
  ["a test", 'it("holds", () => {})'],
  [
    "one with types, options and fixtures",
    'test("holds", { timeout: 5 }, async ({ page }: { page: Page }) => {})',
  ],
  ["a table of tests", 'it.each([1, 2])("holds", (n) => {})'],
  [
    "one in groups",
    'describe("a", () => { describe.each([1])("b", () => { it("holds", function () {}) }) })',
  ],
  ["one in a loop", 'for (const n of [1]) { it("holds", () => {}) }'],
  ["one that runs beside others", 'test.concurrent("holds", async () => {})'],
  ["one that says where it fails", 'it("holds", () => { find() ?? expect.fail("there is none") })'],
  ["one with a cast in it", 'it("holds", () => { expect(skip as Skip).toBe(array.map<string>(x)) })'],
])("sees %s", (_what, text) => {
  expect(namesOfRunningTests(text)).toEqual(["holds"]);
});

it("writes … for what is filled in", () => {
  const text = `it(\`holds over \${SEEDS.length} seeds\`, () => {})`;
  expect(namesOfRunningTests(text)).toEqual(["holds over … seeds"]);
});

it.each([
  ["in a comment", '// it("holds", () => {})\n/* it("holds", () => {}) */'],
  ["in a text", "const text = 'it(\"holds\", () => {})'"],
  ["skipped", 'it.skip("holds", () => {})'],
  ["planned", 'it.todo("holds")'],
  ["without a body", 'it("holds")'],
  ["meant to fail", 'it.fails("holds", () => {})'],
  ["skipped on some machines", 'it.skipIf(process.env.CI)("holds", () => {})'],
  ["run on some machines", 'it.runIf(process.env.CI)("holds", () => {})'],
  ["skipped as an option", 'it("holds", { skip: true }, () => {})'],
  ["in a skipped group", 'describe.skip("a", () => { describe("b", () => { it("holds", () => {}) }) })'],
  ["in a skipped table of groups", 'describe.skip.each([1])("a", () => { it("holds", () => {}) })'],
  ["in a group skipped as an option", 'describe("a", { skip: true }, () => { it("holds", () => {}) })'],
  ["in a group of stories that is skipped", 'test.describe.skip("a", () => { test("holds", () => {}) })'],
  ["skipped from within", 'it("holds", (context) => { context.skip(); })'],
  ["marked as broken from within", 'test("holds", async () => { test.fixme(true, "later"); })'],
  ["behind a condition", 'if (process.env.CI) it("holds", () => {})'],
  ["behind a short one", 'process.env.CI && it("holds", () => {})'],
  ["beside one that is focused", 'it.only("other", () => {}); it("holds", () => {})'],
])("sees no test that is %s", (_how, text) => {
  expect(namesOfRunningTests(text)).toEqual([]);
});
