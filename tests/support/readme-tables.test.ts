import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withTables } from "./readme-tables";

const readme = readFileSync("README.md", "utf8");

it("the README's tables of models and of markers are those of the code; npm run readme writes them", () => {
  expect(withTables(readme)).toBe(readme);
});

it("a README without the marks of a table is told so, and not left without the table", () => {
  for (const name of ["models", "markers"])
    expect(() => withTables(readme.replace(`<!-- /${name} -->`, ""))).toThrow(name);
});
