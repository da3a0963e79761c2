import { expect, test } from "vitest";
import { effectWords } from "@/components/composer/choice-words";
import { catalogue } from "@/lib/domain/models/catalogue";

test("effects are called by words, not by the vendor's codes", () => {
  expect(["hanfu-1", "dance5", "frenchkiss", "icecream", "coupleheart", "rose"].map(effectWords)).toEqual([
    "Hanfu 1",
    "Dance 5",
    "French kiss",
    "Ice cream",
    "Couple heart",
    "Rose",
  ]);
});

test("no two effects of a model are called the same", () => {
  for (const { parameters } of catalogue) {
    const names = (parameters.template?.values ?? []).map(effectWords);
    expect(new Set(names).size).toBe(names.length);
  }
});
