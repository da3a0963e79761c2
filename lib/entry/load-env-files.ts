import { existsSync } from "node:fs";
import { join } from "node:path";

/** The same files, in the same order, as Next reads by itself; what is set already wins. */
export function loadEnvFiles(root: string): void {
  for (const name of [".env.local", ".env"]) {
    const file = join(root, name);
    if (existsSync(file)) process.loadEnvFile(file);
  }
}
