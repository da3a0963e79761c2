import type { Moment } from "./plan";

/** Tells who waits for it that the nth moment of a kind has come. */
export function createMoments() {
  let seen: Record<Moment, number> = { order: 0, start: 0, look: 0, save: 0 };
  let isReleased = false;
  let waiting: { moment: Moment; nth: number; come: (cameByItself: boolean) => void }[] = [];

  return {
    saw(moment: Moment): void {
      seen[moment] += 1;
      const due = waiting.filter((one) => one.moment === moment && one.nth <= seen[moment]);
      waiting = waiting.filter((one) => !due.includes(one));
      for (const one of due) one.come(true);
    },
    /** Whether it came by itself, or nobody waits for it any more. */
    wait: (moment: Moment, nth: number) =>
      new Promise<boolean>((come) => {
        if (seen[moment] >= nth) come(true);
        else if (isReleased) come(false);
        else waiting.push({ moment, nth, come });
      }),
    /** Ends every wait, also those to come: what is waited for will not happen by itself. */
    release(): void {
      isReleased = true;
      for (const one of waiting) one.come(false);
      waiting = [];
    },
    /** Counts from nought. */
    countAnew(): void {
      seen = { order: 0, start: 0, look: 0, save: 0 };
    },
    /** For the next schedule. */
    beginAgain(): void {
      isReleased = false;
      this.countAnew();
    },
  };
}
