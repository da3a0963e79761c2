import { createHash, timingSafeEqual } from "node:crypto";
import { isLoopbackAddress } from "../request-guard";
import type { HealthCheck } from "./check-health";
import type { Metrics } from "./metrics";

type Settings = {
  host: string;
  signIn: { methods: readonly unknown[] };
  /** Null where none is set. */
  metricsToken: string | null;
};
type Operations = { env: Settings; checkHealth: HealthCheck; metrics: Metrics };
export type ProbeAnswer = { status: number; headers: Record<string, string>; body: string };

/** What a load balancer or a monitor asks; it needs no sign-in. 503 where the studio could not do its work now. */
export async function answerHealth({ checkHealth }: Operations): Promise<ProbeAnswer> {
  const health = await checkHealth();
  return answer(health.ready ? 200 : 503, "application/json", `${JSON.stringify(health)}\n`);
}

/** All that this process counts, as Prometheus reads it, for whoever has METRICS_TOKEN or is on this machine. */
export async function answerMetrics(
  { env, metrics }: Operations,
  authorization: string | undefined,
): Promise<ProbeAnswer> {
  if (env.metricsToken === null && !isForThisMachineOnly(env)) {
    const words = "Others can reach this studio, so its metrics need a METRICS_TOKEN, and there is none.\n";
    return answer(403, "text/plain; charset=utf-8", words);
  }
  if (env.metricsToken !== null && !isEqual(authorization ?? "", `Bearer ${env.metricsToken}`)) {
    const words = "The metrics are for whoever sends METRICS_TOKEN as a bearer token.\n";
    const refusal = answer(401, "text/plain; charset=utf-8", words);
    return { ...refusal, headers: { ...refusal.headers, "WWW-Authenticate": "Bearer" } };
  }
  return answer(200, metrics.registry.contentType, await metrics.registry.metrics());
}

/** A proxy on this machine would bring strangers to a loopback address, but not to a studio where nobody signs in. */
function isForThisMachineOnly({ host, signIn }: Settings): boolean {
  return isLoopbackAddress(host) && signIn.methods.length === 0;
}

/** In a time that tells nothing of where they differ. */
function isEqual(left: string, right: string): boolean {
  const [one, other] = [left, right].map((text) => createHash("sha256").update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

function answer(status: number, mediaType: string, body: string): ProbeAnswer {
  return { status, headers: { "Content-Type": mediaType, "Cache-Control": "no-store" }, body };
}
