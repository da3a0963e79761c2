import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SOURCES = [
  "app",
  "components",
  "lib",
  "pages",
  "public",
  "instrumentation.ts",
  "next.config.ts",
  "package-lock.json",
  "postcss.config.mjs",
  "tailwind.config.ts",
  "tsconfig.json",
];

export class BuildError extends Error {
  override readonly name = "BuildError";
}

/** Builds the pages unless the last build was made from the very sources that are here now. */
export async function buildWhenStale(root: string, say: (line: string) => void): Promise<void> {
  const stamp = join(root, ".next", "built-from");
  const sources = hashSources(root);
  if (existsSync(join(root, ".next", "BUILD_ID")) && readIfThere(stamp) === sources) return;
  say("Building the pages first; this takes about half a minute, and only after a change …");
  // A build that stops half-way must not pass for the one that was there before.
  rmSync(stamp, { force: true });
  await runNextBuild(root);
  writeFileSync(stamp, sources);
}

/** Content, not times: a fresh clone and a copied image have new times and old contents. */
function hashSources(root: string): string {
  const hash = createHash("sha256").update(process.version);
  for (const source of SOURCES) addTo(join(root, source), source);
  return hash.digest("hex");

  function addTo(path: string, name: string): void {
    const bytes = readIfFile(path);
    if (bytes) {
      hash.update(`${name}\0${bytes.length}\0`).update(bytes);
      return;
    }
    if (!existsSync(path)) return;
    for (const entry of readdirSync(path).sort()) addTo(join(path, entry), `${name}/${entry}`);
  }
}

async function runNextBuild(root: string): Promise<void> {
  const next = join(root, "node_modules", "next", "dist", "bin", "next");
  const child = spawn(process.execPath, [next, "build"], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const code = await endOf(child);
  if (code !== 0) throw new BuildError(`The build failed.\n\n${Buffer.concat(output).toString()}`);
}

function endOf(child: ChildProcess): Promise<number | null> {
  const stop = (): void => void child.kill();
  process.once("exit", stop);
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (code) => {
      process.off("exit", stop);
      done(code);
    });
  });
}

function readIfThere(path: string): string | null {
  return readIfFile(path)?.toString() ?? null;
}

function readIfFile(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
