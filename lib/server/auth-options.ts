import type { AuthOptions } from "next-auth";
import { paths } from "@/lib/paths";
import { type Account, isAllowed, ownerIdOf } from "./account";
import { type Env, readEnv } from "./env";
import { secretsOf } from "./env-secrets";
import { createLog } from "./log";
import { readAuthSecret } from "./secrets";
import { toProvider } from "./sign-in-providers";

/** What the encrypted session cookie holds. */
export type SessionToken = { ownerId: string; name: string; email: string | null; method: string };

const SESSION_SECONDS = 30 * 24 * 60 * 60;

let secret: string | null = null;

/** How sessions are kept; the handler writes the cookie and the viewer reads it by the same words. */
export function sessionSettings(env: Env): { secret: string; secureCookie: boolean } {
  secret ??= readAuthSecret(env);
  return { secret, secureCookie: env.publicUrl?.startsWith("https:") ?? false };
}

export function authOptions(): AuthOptions {
  const env = readEnv();
  const log = createLog(env.logLevel, secretsOf(env));
  const { secret, secureCookie } = sessionSettings(env);
  return {
    providers: env.signIn.methods.map(toProvider),
    secret,
    useSecureCookies: secureCookie,
    session: { strategy: "jwt", maxAge: SESSION_SECONDS },
    pages: { signIn: paths.signIn(), error: paths.signIn(), signOut: paths.signIn() },
    logger: {
      error: (code, detail) => log.error({ code, error: errorIn(detail) }, "a sign-in failed"),
      warn: (code) => log.debug({ code }, "next-auth warns"),
      debug: () => {},
    },
    callbacks: {
      // False sends the person to the sign-in page with error=AccessDenied.
      signIn: ({ user }) => {
        const account = accountOf(user);
        return account !== null && isAllowed(account.verifiedEmail, env.signIn.allow);
      },
      jwt({ token, user, account: via }) {
        const account = user && accountOf(user);
        if (!account || !via) return token;
        const session: SessionToken = {
          ownerId: ownerIdOf(account),
          name: account.name,
          email: account.verifiedEmail,
          method: via.provider,
        };
        return session;
      },
      session({ session, token }) {
        return { expires: session.expires, user: { name: token.name ?? null }, ownerId: token.ownerId };
      },
    },
  };
}

function accountOf(user: object): Account | null {
  return "account" in user ? (user.account as Account) : null;
}

/** next-auth hands over an Error, or a record with one inside. */
function errorIn(detail: unknown): unknown {
  if (detail instanceof Error) return detail;
  return typeof detail === "object" && detail !== null && "error" in detail ? detail.error : String(detail);
}
