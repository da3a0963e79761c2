import type { Log } from "../log";

/** Knows whether Postgres answers, as far as the last try told, and says each change once. */
export type PostgresWatch = {
  isLost(): boolean;
  answered(): void;
  lost(error: unknown): void;
  /** It is there, and refused for now. */
  busy(error: unknown): void;
  close(): void;
};

const PING_MS = 1000;

/** While the server is lost `ping` is tried every second, so that its return is noticed even where nobody asks. */
export function createPostgresWatch(log: Log, ping: () => Promise<void>): PostgresWatch {
  let lostAt: number | null = null;
  let pinging: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  function pingLater(): void {
    pinging = setTimeout(() => {
      // An answer is noted by the query itself.
      ping().catch(() => {
        if (lostAt !== null && !isClosed) pingLater();
      });
    }, PING_MS);
    pinging.unref();
  }

  return {
    isLost: () => lostAt !== null,
    answered() {
      if (lostAt === null) return;
      const lostMs = Math.round(performance.now() - lostAt);
      lostAt = null;
      clearTimeout(pinging);
      log.warn({ lostMs }, "the database answers again");
    },
    lost(error) {
      if (lostAt !== null || isClosed) return;
      lostAt = performance.now();
      log.error({ error }, "the database does not answer; waiting for it");
      pingLater();
    },
    busy(error) {
      log.warn({ error }, "the database is busy");
    },
    close() {
      isClosed = true;
      clearTimeout(pinging);
    },
  };
}
