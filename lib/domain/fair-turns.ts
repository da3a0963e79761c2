/** Somebody who waits for places at a vendor. */
export type Waiter = {
  ownerId: string;
  /** How many clips wait. */
  waiting: number;
  /** Places held, or about to be. */
  busy: number;
  /** When the last one began, epoch ms; 0 where none did. */
  lastStartAt: number;
};

/** Who goes next: whoever holds the fewest places, then whoever has not begun one for longest. */
export function inTurn<W extends Waiter>(waiters: readonly W[]): W[] {
  return waiters.toSorted(
    (left, right) =>
      left.busy - right.busy ||
      left.lastStartAt - right.lastStartAt ||
      (left.ownerId < right.ownerId ? -1 : 1),
  );
}

/**
 * How many clips begin up to and with an owner's `nth` waiting clip (from 1), if everybody takes turns from now on and
 * nobody comes along: 1 is next.
 */
export function placeInLine(waiters: readonly Waiter[], ownerId: string, nth: number): number {
  const order = inTurn(waiters).map(({ ownerId }) => ownerId);
  const own = order.indexOf(ownerId);
  return waiters.reduce((place, waiter) => {
    if (waiter.ownerId === ownerId) return place;
    const isBefore = order.indexOf(waiter.ownerId) < own;
    return place + Math.min(waiter.waiting, isBefore ? nth : nth - 1);
  }, nth);
}
