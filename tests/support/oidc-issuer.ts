import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export type Issuer = {
  /** What makes a studio offer it. */
  env: Record<string, string>;
  /** Says where the studio is, which is known only after it was started with `env`. */
  register: (studioUrl: string) => Promise<void>;
  close: () => Promise<void>;
};

const CLIENT = { client_id: "firstframe", client_secret: "a-secret-between-the-two" };

/**
 * A real OpenID Connect issuer on loopback. Whoever types a name into its login page is that person, at
 * `<name>@example.com`; the address of a name that begins with "unverified" is not vouched for.
 */
export async function startIssuer(): Promise<Issuer> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: {
      OIDC_ISSUER: url,
      OIDC_CLIENT_ID: CLIENT.client_id,
      OIDC_CLIENT_SECRET: CLIENT.client_secret,
      OIDC_NAME: "Example ID",
    },
    register: async (studioUrl) => {
      server.on("request", await createHandler(url, `${studioUrl}/api/auth/callback/oidc`));
    },
    close: () => close(server),
  };
}

async function createHandler(url: string, redirectUri: string): Promise<RequestListener> {
  const { warn } = console;
  // It says at length that keys, store and login page made up on the spot are nothing for production.
  console.warn = () => {};
  try {
    const { default: Provider } = await import("oidc-provider");
    return new Provider(url, configuration(redirectUri)).callback();
  } finally {
    console.warn = warn;
  }
}

function configuration(redirectUri: string) {
  return {
    clients: [{ ...CLIENT, redirect_uris: [redirectUri] }],
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"] },
    pkce: { required: () => true },
    cookies: { keys: ["a-key-of-this-test"] },
    ttl: { Session: 600, Grant: 600, Interaction: 600, AccessToken: 600, IdToken: 600 },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        name: id,
        email: `${id}@example.com`,
        email_verified: !id.startsWith("unverified"),
      }),
    }),
  };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
