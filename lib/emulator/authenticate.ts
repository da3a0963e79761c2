import type { Caller } from "./emulator-state";
import { numberOf, secretHash } from "./signing";
import { VendorError } from "./vendor-error";

/**
 * Any key that begins as the vendor's do is good. What stands before its first full stop is the account, so that
 * `sk-me.1` and `sk-me.2` are two keys of one; `sk-invalid` is refused like a key of another region.
 */
export function authenticate(request: Request): Caller {
  const key = bearerOf(request);
  if (key === "") throw new VendorError("InvalidApiKey", "No API-key provided.", 401);
  if (!/^sk-/.test(key) || key === "sk-invalid")
    throw new VendorError("InvalidApiKey", "Invalid API-key provided.", 401);
  return callerOf(key);
}

export function bearerOf(request: Request): string {
  const [, key = ""] = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  return key;
}

export function callerOf(key: string): Caller {
  const [account = ""] = key.split(".");
  const accountId = secretHash(account);
  return { accountId, apiKeyId: numberOf(secretHash(key)), callerUid: numberOf(accountId) };
}
