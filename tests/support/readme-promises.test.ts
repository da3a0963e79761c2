import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const readme = readFileSync("README.md", "utf8");
const section = /## What is promised\n(.*?)\n## /s.exec(readme)?.[1] ?? "";
const promises = [...section.matchAll(/^\| (.+?) \| `(tests\/[^`]+)` \| (.+?) \|$/gm)];

it("the README has its promises", () => {
  expect(promises.length).toBeGreaterThan(15);
});

it.each(promises.map(([, promise, file, name]) => [promise ?? "", file ?? "", name ?? ""] as const))(
  "“%s” is guarded by a test that is there",
  (_promise, file, name) => {
    expect(readFileSync(file, "utf8")).toContain(name);
  },
);
