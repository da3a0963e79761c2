import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withCatalogueTable } from "@/tests/support/catalogue-table";

it("the README's table of models is the catalogue's; npm run readme writes it", () => {
  const readme = readFileSync("README.md", "utf8");
  expect(withCatalogueTable(readme)).toBe(readme);
});
