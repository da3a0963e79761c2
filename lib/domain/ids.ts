const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

export type IdPrefix = "gen" | "ast" | "rnd" | "shr" | "req" | "spl" | "wrk";

/** A new id such as `gen_4k2m…`: its prefix says what it names, 26 letters of base 32 carry 130 random bits. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${randomLetters(26)}`;
}

/** A share token: 32 letters of base 32, 160 random bits, safe in a path. */
export function newShareToken(): string {
  return randomLetters(32);
}

function randomLetters(count: number): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(count));
  return Array.from(bytes, (byte) => ALPHABET[byte & 31]).join("");
}
