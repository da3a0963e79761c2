import type { ClientConfig } from "pg";

/** What every connection of ours has. It must reach Postgres itself: a pooler in between loses LISTEN and locks. */
export function postgresConfig(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: "firstframe",
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}
