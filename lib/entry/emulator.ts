import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createEmulator } from "@/lib/emulator/handler";
import { scenarios } from "@/lib/emulator/scenarios";
import { createHttpServer } from "@/lib/emulator/serve-http";
import { systemClock } from "@/lib/server/clock";
import { readEmulatorEnv } from "@/lib/server/env";
import { createMediaProcess } from "@/lib/server/media/media-process";
import { closeOnSignal, leaveOnSignal } from "./shut-down";

leaveOnSignal("emulator");
const env = readEmulatorEnv();
const media = createMediaProcess({
  projectRoot: process.cwd(),
  concurrency: 2,
  niceness: 10,
  defaultTimeoutMs: 600_000,
});
const emulator = createEmulator({
  dataDir: env.dataDir,
  media,
  clock: systemClock,
  timeScale: env.timeScale,
  expiryScale: env.expiryScale,
  region: env.region,
  isStrict: env.isStrict,
  hasFullHd: env.hasFullHd,
  fetch: globalThis.fetch,
  log: { warn: (details, message) => console.warn(message, details) },
});
const server = createHttpServer(emulator.handler).listen(env.port, "127.0.0.1");
await once(server, "listening");

const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const region = env.region ?? "ap-southeast-1";
console.log(`The emulator speaks DashScope (${env.region ?? "every region"}) at ${address}/api/v1
and the AI/ML API at ${address}/v2, keeping its tasks in ${env.dataDir}.
To point the studio at it, start it with

  DASHSCOPE_BASE_URL=${address}/api/v1
  DASHSCOPE_REGION=${region}
  DASHSCOPE_API_KEY=sk-anything

and, for the gateway,

  AIMLAPI_BASE_URL=${address}
  AIMLAPI_API_KEY=anything

Words in a prompt choose what goes wrong:

${scenarios.map(({ marker, meaning }) => `  ${marker.padEnd(26)}${meaning}`).join("\n")}
`);

closeOnSignal(async () => {
  server.close();
  server.closeAllConnections();
  await emulator.close();
  await media.close();
});
