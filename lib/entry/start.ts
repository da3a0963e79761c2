import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { describeStudio } from "@/lib/server/describe-studio";
import { type Env, readEnv } from "@/lib/server/env";
import { EnvError } from "@/lib/server/env-error";
import { createLog } from "@/lib/server/log";
import { type GuardPolicy, isLoopbackAddress } from "@/lib/server/request-guard";
import { BuildError, buildWhenStale } from "./build-when-stale";
import { loadEnvFiles } from "./load-env-files";
import { quietLibraries } from "./quiet";
import { serve } from "./serve";
import { leaveOnSignal, shutDownOnSignal } from "./shut-down";

const root = resolve(import.meta.dirname, "../..");

async function start(): Promise<void> {
  const isDev = process.argv.includes("--dev");
  leaveOnSignal(isDev ? "dev" : "start");
  loadEnvFiles(root);
  // Next and React decide by it which of their halves they load, so it stands before the first of them.
  // A studio in somebody's house calls nobody.
  Object.assign(process.env, {
    NODE_ENV: isDev ? "development" : "production",
    NEXT_TELEMETRY_DISABLED: "1",
  });
  quietLibraries();
  const env = readEnv();
  refuseOpenDoor(env);
  tellNextAuthItsAddress(env);
  if (!isDev) await buildWhenStale(root, console.log);
  if (process.argv.includes("--build-only")) return;

  const policy: GuardPolicy =
    env.signIn.methods.length === 0
      ? { kind: "local" }
      : { kind: "signed-in", publicOrigin: env.publicUrl && new URL(env.publicUrl).origin };
  const server = await serve({
    root,
    isDev,
    host: env.host,
    port: env.port,
    policy,
    log: createLog(env.logLevel),
  });
  shutDownOnSignal(server);
  greet(env, (server.address() as AddressInfo).port);
}

function refuseOpenDoor(env: Env): void {
  if (env.signIn.methods.length > 0 || isLoopbackAddress(env.host)) return;
  throw new EnvError(
    `HOST: ${env.host} can be reached from other machines, and nobody has to sign in, so anybody could spend on your key.\n` +
      "Configure a sign-in method (GITHUB_…, GOOGLE_… or OIDC_…, see .env.example), or leave HOST at 127.0.0.1.",
  );
}

/** Sign-in redirects come back to PUBLIC_URL, or else to the address that the browser asked. */
function tellNextAuthItsAddress(env: Env): void {
  delete process.env.NEXTAUTH_URL;
  if (env.publicUrl) process.env.NEXTAUTH_URL = new URL(env.publicUrl).origin;
  else process.env.AUTH_TRUST_HOST = "true";
}

function greet(env: Env, port: number): void {
  const host = env.host.includes(":") ? `[${env.host}]` : env.host;
  const listening = `http://${host}:${port}`;
  const isPublic = env.publicUrl && env.signIn.methods.length > 0;
  const address = isPublic ? `${env.publicUrl} (listening on ${listening})` : listening;
  console.log([`Firstframe is at ${address}`, ...describeStudio(env)].join("\n"));
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // By name: an error out of Next's bundles has a class of its own, and Next writes into its message.
  if (error.name === "EnvError" || error instanceof BuildError) {
    return error.message.replace("An error occurred while loading instrumentation hook: ", "");
  }
  if ("code" in error) {
    const port = "port" in error ? error.port : "this port";
    if (error.code === "EADDRINUSE")
      return `Port ${port} is taken by another program. Stop it, or choose another with PORT=3001.`;
    if (error.code === "EACCES" && "syscall" in error && error.syscall === "listen") {
      return `Port ${port} may not be used by this account. Choose one above 1023 with PORT=3001.`;
    }
    if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") {
      return "HOST: this machine has no such address.";
    }
  }
  return error.stack ?? error.message;
}

try {
  await start();
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}
