import "server-only";
import { readEnv, type SignInMethod } from "@/lib/server/env";
import { methodName } from "@/lib/server/sign-in-providers";

/** `id` is what next-auth's signIn() takes. An empty list: this studio has no sign-in, and needs none. */
export function signInMethods(): { id: SignInMethod["kind"]; name: string }[] {
  return readEnv().signIn.methods.map((method) => ({ id: method.kind, name: methodName(method) }));
}
