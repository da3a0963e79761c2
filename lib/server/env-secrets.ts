import type { Env } from "./env";

/** What no line of the log may hold. */
export function secretsOf({ connections, databaseUrl, s3, signIn, metricsToken }: Env): (string | null)[] {
  return [
    ...connections.map(({ apiKey }) => apiKey),
    ...signIn.methods.map(({ clientSecret }) => clientSecret),
    signIn.secret,
    metricsToken,
    s3?.credentials?.secretAccessKey ?? null,
    databaseUrl && decodeURIComponent(new URL(databaseUrl).password),
  ];
}
