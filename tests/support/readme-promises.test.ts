import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { namesOfRunningTests } from "./running-tests";

const readme = readFileSync("README.md", "utf8");
const section = /## What is promised\n(.*?)\n## /s.exec(readme)?.[1] ?? "";
const promises = [...section.matchAll(/^\| (.+?) \| `(tests\/[^`]+)` \| (.+?) \|$/gm)];

it("the README has its promises, each with a test", () => {
  const rows = [...section.matchAll(/^\| (?!Promise|---)/gm)];
  expect(promises.length).toBeGreaterThan(15);
  expect(promises).toHaveLength(rows.length);
});

it.each(promises.map(([, promise, file, name]) => [promise ?? "", file ?? "", name ?? ""] as const))(
  "“%s” is guarded by a test that runs",
  (_promise, file, name) => {
    expect(file).toMatch(/\.(test\.tsx?|spec\.ts)$/);
    const names = namesOfRunningTests(readFileSync(file, "utf8"));
    expect(names.filter((running) => running.includes(name))).not.toEqual([]);
  },
);
