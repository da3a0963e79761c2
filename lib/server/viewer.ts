import type { NextApiRequest, NextApiResponse } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { connection, NextRequest } from "next/server";
import { getToken } from "next-auth/jwt";
import { z } from "zod";
import { paths } from "@/lib/paths";
import { isAllowed } from "./account";
import { type SessionToken, sessionSettings } from "./auth-options";
import { readEnv } from "./env";

/** Who is asking. */
export type Viewer = {
  ownerId: string;
  name: string;
  isLocal: boolean;
  /** May see what everybody spends: named by OPERATORS, or alone on this machine. */
  isOperator: boolean;
};

/** With no sign-in method there is one creator; the start and the request guard keep everybody else out. */
const LOCAL_VIEWER: Viewer = { ownerId: "usr_local", name: "You", isLocal: true, isOperator: true };

const sessionTokenSchema = z.object({
  ownerId: z.string().startsWith("usr_"),
  name: z.string(),
  email: z.string().nullable(),
  method: z.string(),
}) satisfies z.ZodType<SessionToken>;

/** For pages, actions and app routes. */
export async function getViewer(): Promise<Viewer | null> {
  // Who asks is known per request only: nothing that depends on it may be made at build time.
  await connection();
  if (readEnv().signIn.methods.length === 0) return LOCAL_VIEWER;
  return readViewer(new NextRequest("http://session.invalid", { headers: new Headers(await headers()) }));
}

/** For pages/api. */
export async function getApiViewer(
  request: NextApiRequest,
  _response: NextApiResponse,
): Promise<Viewer | null> {
  if (readEnv().signIn.methods.length === 0) return LOCAL_VIEWER;
  return readViewer(request);
}

/** For pages: whoever has not signed in is sent to do so. */
export async function requireViewer(): Promise<Viewer> {
  return (await getViewer()) ?? redirect(paths.signIn());
}

/** Asked anew each time: a person struck from SIGN_IN_ALLOW, or a method taken away, ends sessions with the restart. */
async function readViewer(request: NextRequest | NextApiRequest): Promise<Viewer | null> {
  const env = readEnv();
  const session = sessionTokenSchema.safeParse(await getToken({ req: request, ...sessionSettings(env) }));
  if (!session.success) return null;
  const { ownerId, name, email, method } = session.data;
  const isMethodOffered = env.signIn.methods.some(({ kind }) => kind === method);
  if (!isMethodOffered || !isAllowed(email, env.signIn.allow)) return null;
  return { ownerId, name, isLocal: false, isOperator: isAllowed(email, env.operators) };
}
