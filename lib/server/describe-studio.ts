import { formatMoney } from "@/lib/domain/money";
import type { Env } from "./env";
import { connectionWhere } from "./providers/connection-label";

type Settings = Pick<Env, "connections" | "caps" | "timeZone" | "dataDir" | "databaseUrl" | "s3">;

/** What whoever starts a studio wants to see before it spends: whom it pays, how much at most, and where the data lies. */
export function describeStudio(env: Settings): string[] {
  return [describeConnections(env), ...describeCaps(env), describeData(env)];
}

function describeConnections({ connections }: Settings): string {
  if (connections.length === 0) {
    return "Demo mode: no key is set, clips come from the built-in emulator and nothing is charged.";
  }
  const names = connections.map((env) =>
    env.name === null ? connectionWhere(env) : `${env.name} (${connectionWhere(env)})`,
  );
  return `Clips are ordered and paid at: ${names.join("; ")}`;
}

function describeCaps({ connections, caps, timeZone }: Settings): string[] {
  if (connections.length === 0) return [];
  if (caps.length === 0) return ["Spending caps: none"];
  const words = caps.map(
    ({ scope, period, limit }) =>
      `${scope === "person" ? "each person" : "everybody together"} ${formatMoney(limit)} a ${period}`,
  );
  return [`Spending caps: ${words.join(", ")}; a day begins at midnight in ${timeZone}`];
}

function describeData({ dataDir, databaseUrl, s3 }: Settings): string {
  if (!databaseUrl && !s3) return `Data: in ${dataDir}`;
  const database = databaseUrl ? `PostgreSQL at ${withoutLogin(databaseUrl)}` : `the database in ${dataDir}`;
  const files = s3 ? `files in the bucket ${s3.bucket} at ${s3.endpoint ?? `Amazon, ${s3.region}`}` : null;
  return `Data: ${database}, ${files ?? `files in ${dataDir}`}`;
}

/** Host and name of the database alone: user, password and options are nobody's business in a log. */
function withoutLogin(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
