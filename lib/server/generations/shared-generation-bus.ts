import { createGenerationBus, type GenerationBus } from "./generation-bus";

/** Long enough to gather what happens at once, too short to be felt. */
const GATHER_MS = 5;
const RETRY_MS = 500;
/** Postgres takes 8,000 bytes; an owner's and a generation's id are some 60. */
const CHANGES_PER_TEXT = 100;

/** Says a text to the other processes; throws where it cannot, for now. */
type Publish = (text: string) => Promise<void>;

export type SharedGenerationBus = GenerationBus & {
  /** Takes what another process has published. */
  hear(text: string): void;
  /** Says what is still unsaid, if it can be said. */
  close(): Promise<void>;
};

/**
 * The bus of several processes: each wakes its own listeners at once and tells the others. Said after the commit and
 * not in it, since Postgres lets transactions that notify commit one at a time; what a dying process has not said is
 * found by each stream's own look at the table.
 */
export function createSharedGenerationBus(publish: Publish): SharedGenerationBus {
  const own = createGenerationBus();
  const unsaid = new Map<string, string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  function sayLater(ms: number): void {
    if (timer !== undefined || isClosed) return;
    timer = setTimeout(() => void sayAll(), ms);
    timer.unref();
  }

  async function sayAll(): Promise<void> {
    const changes = [...unsaid];
    unsaid.clear();
    for (let start = 0; start < changes.length; start += CHANGES_PER_TEXT) {
      const some = changes.slice(start, start + CHANGES_PER_TEXT);
      try {
        await publish(some.map((change) => change.join(" ")).join("\n"));
      } catch {
        for (const [id, ownerId] of changes.slice(start)) unsaid.set(id, ownerId);
        timer = undefined;
        sayLater(RETRY_MS);
        return;
      }
    }
    timer = undefined;
    if (unsaid.size > 0) sayLater(GATHER_MS);
  }

  return {
    ...own,
    changed(generation) {
      own.changed(generation);
      unsaid.set(generation.id, generation.ownerId);
      sayLater(GATHER_MS);
    },
    hear(text) {
      for (const line of text.split("\n")) {
        const [id, ownerId] = line.split(" ");
        if (id && ownerId) own.changed({ id, ownerId });
      }
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await sayAll();
    },
  };
}
