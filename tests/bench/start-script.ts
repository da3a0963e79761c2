import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

export type Script = {
  url: string;
  say(line: string): void;
  /** Hands over what it prints from now on, line by line. */
  onLine(listener: (line: string) => void): void;
  stop(): void;
};

const WITH_TYPES = ["--import", "tsx", "--conditions=react-server"];

/** Starts one of the small programs beside this file; its first line is its address, or that it is ready. */
export function startScript(name: string, ...args: string[]): Promise<Script> {
  const options = name.endsWith(".ts") ? WITH_TYPES : [];
  const child = spawn(process.execPath, [...options, join(import.meta.dirname, name), ...args], {
    cwd: resolve(import.meta.dirname, "../.."),
    stdio: ["pipe", "pipe", "inherit"],
  });
  return new Promise((done, fail) => {
    child.once("exit", () => fail(new Error(`${name} ended before it listened`)));
    child.stdout.once("data", (chunk: Buffer) =>
      done({
        url: chunk.toString().trim(),
        say: (line) => void child.stdin.write(`${line}\n`),
        onLine: (listener) => void createInterface({ input: child.stdout }).on("line", listener),
        stop: () => void child.kill("SIGKILL"),
      }),
    );
  });
}
