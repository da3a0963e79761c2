import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const root = resolve(import.meta.dirname, "../..");

/** `npm run emulator` on a free port and over a folder of its own: the vendor as several processes see it. */
export async function startEmulatorProcess(env: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), "firstframe-emulator-"));
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, ["--import", "tsx", "lib/entry/emulator.ts"], {
    cwd: root,
    env: { NODE_ENV: "production", PATH, HOME, PORT: "0", EMULATOR_DATA_DIR: folder, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let url = "";
  for await (const line of createInterface({ input: child.stdout })) {
    url = /at (http:\/\/127\.0\.0\.1:\d+)\/api\/v1/.exec(line)?.[1] ?? "";
    if (url) break;
  }
  if (!url) throw new Error("The emulator did not come up");
  child.stdout.resume();
  return {
    url,
    /** How many tasks the account has there. */
    async countTasks(): Promise<number> {
      const answer = await fetch(`${url}/api/v1/tasks`, { headers: { Authorization: "Bearer sk-test" } });
      const { total } = (await answer.json()) as { total: number };
      return total;
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
