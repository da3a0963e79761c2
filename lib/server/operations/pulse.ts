import type { Clock } from "../clock";
import type { BeatRepository } from "./beat-repository";

const BEAT_INTERVAL_MS = 5_000;
const FORGOTTEN_AFTER_MS = 24 * 3_600_000;

export type Pulse = {
  /** Called with each turn of the worker's loop: a loop that hangs is not heard any more. */
  onTurn(): void;
  stop(): Promise<void>;
};

/** Writes the worker's signs of life, one in some seconds. One that cannot be written is simply missing. */
export function createPulse(beats: BeatRepository, id: string, clock: Clock): Pulse {
  let beatAt = Number.NEGATIVE_INFINITY;
  let writing: Promise<void> = Promise.resolve();

  async function write(at: number): Promise<void> {
    try {
      await beats.beat(id, true, at);
      await beats.forget(at - FORGOTTEN_AFTER_MS);
    } catch {
      // The database is away; that is what the missing beat says.
    }
  }

  return {
    onTurn() {
      const at = clock.now();
      if (at - beatAt < BEAT_INTERVAL_MS) return;
      beatAt = at;
      writing = write(at);
    },
    async stop() {
      await writing;
      await beats.leave(id).catch(() => {});
    },
  };
}
