import type { Caller } from "./emulator-state";
import { accountIdOf } from "./signing";
import { VendorError } from "./vendor-error";

/** Any key that begins as the vendor's do is good, and is its own account. */
export function authenticate(request: Request): Caller {
  const [, key = ""] = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (key === "") throw new VendorError("InvalidApiKey", "No API-key provided.", 401);
  if (!/^sk-/.test(key)) throw new VendorError("InvalidApiKey", "Invalid API-key provided.", 401);
  return { accountId: accountIdOf(key) };
}
