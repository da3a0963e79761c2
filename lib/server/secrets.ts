import { randomBytes, randomUUID } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const secretsSchema = z.object({ authSecret: z.string().min(32) });

/**
 * What sessions are encrypted with: the operator's AUTH_SECRET, else a secret that was made once and is kept in the data
 * folder, where only its owner can read it.
 */
export function readAuthSecret(env: { dataDir: string; signIn: { secret: string | null } }): string {
  return env.signIn.secret ?? readKept(env.dataDir) ?? makeOnce(env.dataDir);
}

function readKept(dataDir: string): string | null {
  const file = join(dataDir, "secrets.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
  // A copy or a restored backup may have come back readable by others.
  chmodSync(file, 0o600);
  const parsed = secretsSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new Error(`${file} is damaged. Delete it: a new secret is made, and everybody signs in again.`);
  }
  return parsed.data.authSecret;
}

/** Two processes may start at once: the link succeeds for one of them, and the other reads what that one wrote. */
function makeOnce(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, "secrets.json");
  const draft = join(dataDir, `secrets.${randomUUID()}.tmp`);
  const authSecret = randomBytes(32).toString("base64url");
  try {
    const handle = openSync(draft, "wx", 0o600);
    try {
      writeSync(handle, `${JSON.stringify({ authSecret })}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    linkSync(draft, file);
    return authSecret;
  } catch (error) {
    const kept = isCode(error, "EEXIST") ? readKept(dataDir) : null;
    if (kept) return kept;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
