import { spawn } from "node:child_process";
import { join, resolve } from "node:path";

export type Script = { url: string; say(line: string): void; stop(): void };

/** Starts one of the small servers beside this file; its first line is its address. */
export function startScript(name: string, ...args: string[]): Promise<Script> {
  const child = spawn(process.execPath, [join(import.meta.dirname, name), ...args], {
    cwd: resolve(import.meta.dirname, "../.."),
    stdio: ["pipe", "pipe", "inherit"],
  });
  return new Promise((done, fail) => {
    child.once("exit", () => fail(new Error(`${name} ended before it listened`)));
    child.stdout.once("data", (chunk: Buffer) =>
      done({
        url: chunk.toString().trim(),
        say: (line) => void child.stdin.write(`${line}\n`),
        stop: () => void child.kill("SIGKILL"),
      }),
    );
  });
}
