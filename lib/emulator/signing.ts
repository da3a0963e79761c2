import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Signs upload policies and result addresses the way OSS does (HMAC-SHA1, Base64). */
export type Signer = {
  accessKeyId: string;
  sign(text: string): string;
  isSignatureOf(text: string, signature: string): boolean;
};

/** The secret stays in the data folder, so that addresses given out before a restart are good after it. */
export async function openSigner(dataDir: string): Promise<Signer> {
  const secret = await openSecret(join(dataDir, "signing-secret"));
  const sign = (text: string) => createHmac("sha1", secret).update(text).digest("base64");
  return {
    accessKeyId: `LTAI${createHash("sha256").update(secret).digest("hex").slice(0, 16)}`,
    sign,
    isSignatureOf(text, signature) {
      const [expected, given] = [Buffer.from(sign(text)), Buffer.from(signature)];
      return expected.length === given.length && timingSafeEqual(expected, given);
    },
  };
}

/** Of a key only this is written down. */
export function secretHash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 24);
}

/** A number to call something by whose hash this is. */
export function numberOf(hash: string): string {
  return String(Number.parseInt(hash.slice(0, 12), 16));
}

async function openSecret(path: string): Promise<string> {
  try {
    await writeFile(path, randomBytes(32).toString("hex"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFile(path, "utf8");
}
