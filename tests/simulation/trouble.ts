import { AppError } from "@/lib/domain/errors";
import type { Random } from "./random";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export type Trouble = ReturnType<typeof createTrouble>;

/**
 * What goes wrong with the studio's own database and storage: now and then a call fails, before it did anything or
 * after it did everything, and for some hours one of them may be away or full altogether. Only while `during` plays:
 * whoever watches sees a database that works.
 */
export function createTrouble(random: Random, now: () => number) {
  const startedAt = now();
  const spells = (["database", "storage"] as const).flatMap((part) =>
    Array.from({ length: random.chance(0.3) ? 1 : 0 }, () => {
      const from = startedAt + random.integer(0, 2 * HOUR_MS);
      return { part, from, until: from + random.integer(MINUTE_MS, 3 * HOUR_MS) };
    }),
  );
  const share = random.chance(0.5) ? 0.01 : 0;
  let isPlaying = false;
  let count = 0;

  return {
    /** How often something failed. */
    count: () => count,

    async during<Value>(play: () => Promise<Value>): Promise<Value> {
      isPlaying = true;
      try {
        return await play();
      } finally {
        isPlaying = false;
      }
    },

    /** Throws where the part fails just now. */
    strike(part: "database" | "storage"): void {
      if (!isPlaying) return;
      const isAway = spells.some(
        (spell) => spell.part === part && now() >= spell.from && now() < spell.until,
      );
      if (!isAway && !random.chance(share)) return;
      count += 1;
      const code = random.chance(0.5) ? "storage-full" : "unavailable";
      throw new AppError(code, `The ${part} fails in this simulation. Nobody is to blame.`);
    },
  };
}
