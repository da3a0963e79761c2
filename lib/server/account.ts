import { createHash } from "node:crypto";

/** A person as an issuer knows them. The address is there only when the issuer says that it is theirs. */
export type Account = { issuer: string; subject: string; name: string; verifiedEmail: string | null };

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Whose things are whose: the same person of the same issuer is the same owner, on any device and after any restart. */
export function ownerIdOf({ issuer, subject }: Pick<Account, "issuer" | "subject">): string {
  const hash = createHash("sha256").update(`${issuer}|${subject}`).digest();
  return `usr_${Array.from(hash.subarray(0, 26), (byte) => ALPHABET[byte & 31]).join("")}`;
}

/** `allow` holds addresses, `@domains` and `*`, in small letters, as SIGN_IN_ALLOW names them. */
export function isAllowed(verifiedEmail: string | null, allow: readonly string[]): boolean {
  const email = verifiedEmail?.toLowerCase();
  return allow.some((entry) => {
    if (entry === "*") return true;
    if (!email) return false;
    return entry.startsWith("@") ? email.endsWith(entry) : email === entry;
  });
}
