import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { postgresConfig } from "./postgres-config";
import type { PostgresWatch } from "./postgres-watch";

const RECONNECT_MS = 500;
/** A connection that died without a word is found by asking it. */
const HEARTBEAT_MS = 10_000;
const ANSWER_MS_MAX = 5_000;
const GOODBYE_MS_MAX = 1_000;

/** Short texts from any process to all others on the same database. One that nobody hears is gone. */
export type Channel = {
  /** Up to 7,900 bytes. Throws while there is no connection. */
  publish(text: string): Promise<void>;
  close(): Promise<void>;
};

/**
 * LISTEN and NOTIFY on a connection of its own. `onText` gets what other processes say, never our own words. `onGap` is
 * called whenever it begins to listen, at first and after a break: what was said before was not heard.
 */
export function openPostgresChannel(options: {
  url: string;
  /** A plain word. */
  name: string;
  watch: PostgresWatch;
  onText: (text: string) => void;
  onGap: () => void;
}): Channel {
  const { url, name, watch } = options;
  const closing = new AbortController();
  let listening: pg.Client | null = null;

  async function listen(): Promise<void> {
    const client = new pg.Client({ ...postgresConfig(url), query_timeout: ANSWER_MS_MAX });
    const broken = new Promise<Error>((resolve) => {
      client.on("error", resolve);
      client.on("end", () => resolve(new Error("Connection terminated")));
      closing.signal.addEventListener("abort", () => resolve(new Error("closing")), { once: true });
    });
    client.on("notification", ({ processId, payload = "" }) => {
      if (processId !== ownProcessId) options.onText(payload);
    });
    let ownProcessId = 0;
    let heartbeat: ReturnType<typeof setInterval> | undefined;
    try {
      await client.connect();
      const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
      ownProcessId = rows[0]?.pid ?? 0;
      await client.query(`listen ${client.escapeIdentifier(name)}`);
      watch.answered();
      listening = client;
      options.onGap();
      heartbeat = setInterval(() => {
        client.query("select 1").catch((error: unknown) => client.emit("error", error));
      }, HEARTBEAT_MS);
      throw await broken;
    } finally {
      listening = null;
      clearInterval(heartbeat);
      // A network that swallows everything does not let a connection end, either.
      await Promise.race([client.end().catch(() => {}), pause(GOODBYE_MS_MAX)]);
    }
  }

  async function keepListening(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await listen();
      } catch (error) {
        if (closing.signal.aborted) return;
        watch.lost(error);
        await pause(RECONNECT_MS, null, { signal: closing.signal }).catch(() => {});
      }
    }
  }
  const ended = keepListening();

  return {
    async publish(text) {
      if (!listening) throw new Error("There is no connection to say it on");
      await listening.query("select pg_notify($1, $2)", [name, text]);
    },
    async close() {
      closing.abort();
      await ended;
    },
  };
}
