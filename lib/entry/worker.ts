import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { describeStudio } from "@/lib/server/describe-studio";
import { readWorkerEnv } from "@/lib/server/env";
import { EnvError } from "@/lib/server/env-error";
import { loadEnvFiles } from "./load-env-files";
import { quietLibraries } from "./quiet";
import { serveProbes } from "./serve-probes";
import { closeOnSignal, leaveOnSignal } from "./shut-down";

/** `npm run worker`: the work of a studio without its pages, beside any number of others on the same database. */
async function work(): Promise<void> {
  leaveOnSignal("worker");
  loadEnvFiles(resolve(import.meta.dirname, "../.."));
  const env = readWorkerEnv();
  quietLibraries();
  const { createServices } = await import("@/lib/server/services");
  const services = await createServices(env);
  const probes = env.probePort === null ? null : await serveProbes(services, env.probePort);
  closeOnSignal(async () => {
    await services.close();
    probes?.close();
  });
  const words = `The worker is at work${probes ? `, and answers probes ${addressOf(probes)}` : ""}.`;
  console.log([words, ...describeStudio(env)].join("\n"));
  // Its own timers do not keep a process alive.
  setInterval(() => {}, 2 ** 30);
}

function addressOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  return `at http://${address.includes(":") ? `[${address}]` : address}:${port}`;
}

try {
  await work();
} catch (error) {
  console.error(error instanceof EnvError ? error.message : error);
  process.exit(1);
}
