import type { OAuthConfig } from "next-auth/providers/oauth";
import { z } from "zod";
import type { Account } from "./account";
import type { SignInMethod } from "./env";

/** What next-auth calls a user, with what we need of them. */
export type SignedInUser = { id: string; account: Account };
type Provider = OAuthConfig<Account>;

const TIMEOUT_MS = 10_000;

export function toProvider(method: SignInMethod): Provider {
  const common = {
    id: method.kind,
    name: methodName(method),
    type: "oauth" as const,
    clientId: method.clientId,
    clientSecret: method.clientSecret,
    httpOptions: { timeout: TIMEOUT_MS },
    profile: (account: Account): SignedInUser => ({ id: account.subject, account }),
  };
  switch (method.kind) {
    case "github":
      return { ...common, ...github };
    case "google":
      return { ...common, ...openIdConnect("https://accounts.google.com") };
    case "oidc":
      return { ...common, ...openIdConnect(method.issuer) };
  }
}

export function methodName(method: SignInMethod): string {
  if (method.kind === "oidc") return method.name;
  return method.kind === "github" ? "GitHub" : "Google";
}

type ProviderRest = Pick<
  Provider,
  "wellKnown" | "issuer" | "authorization" | "token" | "idToken" | "checks" | "userinfo"
>;

const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string().min(1),
  name: z.string().nullish(),
  preferred_username: z.string().nullish(),
  email: z.string().nullish(),
  // Some issuers spell it as a word.
  email_verified: z.union([z.boolean(), z.string()]).nullish(),
});

function openIdConnect(issuer: string): ProviderRest {
  return {
    wellKnown: `${issuer}/.well-known/openid-configuration`,
    authorization: { params: { scope: "openid email profile" } },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    userinfo: {
      // The id token says who it is, checked against issuer, audience and nonce; many issuers give name and address only
      // on asking, and client.userinfo() refuses an answer about somebody else.
      async request({ tokens, client }) {
        // next-auth's types forget that this is openid-client's own, checked, set of tokens.
        const checked = tokens as Exclude<Parameters<typeof client.userinfo>[0], string>;
        const more = client.issuer.metadata.userinfo_endpoint ? await client.userinfo(checked) : {};
        return toProfile(readClaims({ ...more, ...checked.claims() }));
      },
    },
  };
}

export function readClaims(claims: unknown): Account {
  const { iss, sub, name, preferred_username, email, email_verified } = claimsSchema.parse(claims);
  const verifiedEmail = email && (email_verified === true || email_verified === "true") ? email : null;
  return { issuer: iss, subject: sub, name: name || preferred_username || email || "You", verifiedEmail };
}

const GITHUB_API = "https://api.github.com";

const github: ProviderRest = {
  issuer: "https://github.com/login/oauth",
  authorization: {
    url: "https://github.com/login/oauth/authorize",
    params: { scope: "read:user user:email" },
  },
  token: "https://github.com/login/oauth/access_token",
  checks: ["pkce", "state"],
  userinfo: {
    request: async ({ tokens }) => toProfile(await readGitHubAccount(tokens.access_token ?? "", fetch)),
  },
};

const githubUserSchema = z.object({ id: z.number().int(), login: z.string(), name: z.string().nullish() });
const githubEmailsSchema = z.array(
  z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }),
);

/** The public profile's address is whatever the person typed there, so the list of addresses is asked for. */
export async function readGitHubAccount(
  accessToken: string,
  fetch: typeof globalThis.fetch,
): Promise<Account> {
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${GITHUB_API}${path}`, {
      headers: { Authorization: `Bearer ${accessToken}`, Accept: "application/vnd.github+json" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`GitHub answered ${path} with ${response.status}`);
    return response.json();
  };
  const [user, emails] = await Promise.all([ask("/user"), ask("/user/emails")]);
  const { id, login, name } = githubUserSchema.parse(user);
  const primary = githubEmailsSchema.parse(emails).find((email) => email.primary && email.verified);
  return {
    issuer: "https://github.com",
    subject: String(id),
    name: name || login,
    verifiedEmail: primary?.email ?? null,
  };
}

/** next-auth wants its own loose Profile type between `userinfo` and `profile`. */
function toProfile(account: Account): Record<string, unknown> {
  return account;
}
