import { REGION_LABELS } from "@/lib/domain/connection";
import type { ConnectionEnv } from "../env-connections";

const AIMLAPI_HOST = "api.aimlapi.com";

/** What a connection is called: as the operator says, or by what it is. */
export function connectionLabel(env: ConnectionEnv): string {
  return env.name ?? connectionWhere(env);
}

/** Whose it is and where: `Model Studio, Singapore`, and the host where it is another than the vendor's own. */
export function connectionWhere(env: ConnectionEnv): string {
  const host = ownHost(env);
  const where = env.vendor === "aimlapi" ? "AI/ML API" : `Model Studio, ${REGION_LABELS[env.region]}`;
  return host === null ? where : `${where}, at ${host}`;
}

/** The host that the operator gave; null for the vendor's. */
export function ownHost({ vendor, baseUrl }: ConnectionEnv): string | null {
  const host = baseUrl === null ? null : new URL(baseUrl).host;
  return vendor === "aimlapi" && host === AIMLAPI_HOST ? null : host;
}
