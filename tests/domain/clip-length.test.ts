import { expect, it } from "vitest";
import { lengthNote } from "@/lib/domain/clip-length";

it("a clip of another length than ordered says so, and one that only ends on a frame does not", () => {
  expect(lengthNote(5, 5.03)).toBeNull();
  expect(lengthNote(5, 4.8)).toBeNull();
  expect(lengthNote(5, 3.2)).toBe("the vendor's file has 3.2 s");
  expect(lengthNote(5, 10)).toBe("the vendor's file has 10 s");
});
