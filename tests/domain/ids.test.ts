import { expect, it } from "vitest";
import { newId } from "@/lib/domain/ids";

it("an id names what it is of, and cannot be guessed", () => {
  expect(newId("ast")).toMatch(/^ast_[0-9a-z]{26}$/);
  expect(newId("ast")).not.toBe(newId("ast"));
});
