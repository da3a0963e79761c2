import { spawn } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readAuthSecret } from "@/lib/server/secrets";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "firstframe-secrets-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const env = (secret: string | null = null) => ({ dataDir: join(folder, "data"), signIn: { secret } });
const file = () => join(folder, "data", "secrets.json");

test("a secret that is given is used, and nothing is written", async () => {
  expect(readAuthSecret(env("s".repeat(40)))).toBe("s".repeat(40));
  expect(await readdir(folder)).toEqual([]);
});

test("a secret that is not given is made once and stays the same", () => {
  const first = readAuthSecret(env());
  expect(Buffer.from(first, "base64url")).toHaveLength(32);
  expect(readAuthSecret(env())).toBe(first);
});

test("only the owner of the data folder can read what was made", async () => {
  readAuthSecret(env());
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, "data"))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(folder, "data"))).toEqual(["secrets.json"]);
});

test("a secret that came back readable by others is closed again", async () => {
  readAuthSecret(env());
  await chmod(file(), 0o644);
  readAuthSecret(env());
  expect((await stat(file())).mode & 0o777).toBe(0o600);
});

test("a damaged file is said, not replaced behind everybody's back", async () => {
  readAuthSecret(env());
  await writeFile(file(), "{");
  expect(() => readAuthSecret(env())).toThrow(/secrets\.json is damaged/);
  expect(await readFile(file(), "utf8")).toBe("{");
});

test("processes that start at the same time agree on one secret", async () => {
  const program = `import { readAuthSecret } from ${JSON.stringify(resolve("lib/server/secrets.ts"))};
    process.stdout.write(readAuthSecret(${JSON.stringify(env())}));`;
  const secrets = await Promise.all(Array.from({ length: 6 }, () => run(program)));
  expect(secrets[0]).toHaveLength(43);
  expect(new Set(secrets).size).toBe(1);
});

function run(program: string): Promise<string> {
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program]);
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (code) => (code === 0 ? done(output) : fail(new Error(`exit ${code}`))));
  });
}
