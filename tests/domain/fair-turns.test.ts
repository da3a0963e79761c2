import fc from "fast-check";
import { expect, it } from "vitest";
import { inTurn, placeInLine, type Waiter } from "@/lib/domain/fair-turns";

const waiter = (ownerId: string, waiting: number, busy = 0, lastStartAt = 0): Waiter => ({
  ownerId,
  waiting,
  busy,
  lastStartAt,
});

it("gives the next place to whoever holds the fewest, then to whoever waited longest since the last", () => {
  const order = inTurn([waiter("a", 9, 2, 10), waiter("b", 1, 1, 30), waiter("c", 1, 1, 20), waiter("d", 1)]);
  expect(order.map(({ ownerId }) => ownerId)).toEqual(["d", "c", "b", "a"]);
});

it("counts every clip that goes before, if everybody takes turns", () => {
  const waiters = [waiter("a", 100, 1), waiter("b", 2)];
  expect(placeInLine(waiters, "b", 1)).toBe(1);
  expect(placeInLine(waiters, "a", 1)).toBe(2);
  expect(placeInLine(waiters, "b", 2)).toBe(3);
  expect(placeInLine(waiters, "a", 2)).toBe(4);
  expect(placeInLine(waiters, "a", 3)).toBe(5);
});

it("gives each waiting clip a place of its own, from the first to the last", () => {
  const some = fc.uniqueArray(
    fc.record({
      ownerId: fc.string({ minLength: 1, maxLength: 3 }),
      waiting: fc.integer({ min: 1, max: 6 }),
      busy: fc.integer({ min: 0, max: 2 }),
      lastStartAt: fc.integer({ min: 0, max: 3 }),
    }),
    { selector: ({ ownerId }) => ownerId, minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(some, (waiters) => {
      const places = waiters.flatMap(({ ownerId, waiting }) =>
        Array.from({ length: waiting }, (_, index) => placeInLine(waiters, ownerId, index + 1)),
      );
      expect(places.toSorted((left, right) => left - right)).toEqual(places.map((_, index) => index + 1));
    }),
  );
});
