import { execFileSync } from "node:child_process";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** Before the first story, so that two servers never build at the same time. */
export default function buildOnce(): void {
  execFileSync(process.execPath, ["--import", "tsx", "lib/entry/start.ts", "--build-only"], {
    cwd: root,
    stdio: "inherit",
  });
}
