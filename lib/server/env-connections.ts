import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { REGIONS } from "@/lib/domain/models/model";
import { EnvError } from "./env-error";

/** A header carries it: a curly quote or a line break from copying would make every call fail in an odd way. */
export const apiKey = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]+$/, "has a character that no key has; copy it again");
export const httpUrl = z
  .url({ protocol: /^https?$/, error: "is not an http(s) address" })
  .transform((url) => url.replace(/\/+$/, ""));
export const workspaceId = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/, "is not a workspace id (a DNS label)");

type Region = (typeof REGIONS)[number];

/** The variables that name connections, as they were given. */
type RawConnections = {
  DASHSCOPE_API_KEY?: string | undefined;
  DASHSCOPE_REGION: Region;
  DASHSCOPE_WORKSPACE_ID?: string | undefined;
  DASHSCOPE_BASE_URL?: string | undefined;
  AIMLAPI_API_KEY?: string | undefined;
  AIMLAPI_BASE_URL: string;
  CONNECTIONS?: string | undefined;
};

type AnyVendorEnv = {
  /** Given by the operator; otherwise what it is says what it is called. */
  name: string | null;
  /** The vendor's main account by a name of the operator's, where it has more keys than this one. */
  account?: string | null;
};

export type DashScopeEnv = AnyVendorEnv & {
  vendor: "dashscope";
  apiKey: string;
  region: Region;
  workspaceId: string | null;
  /** Given by the operator; otherwise the adapter derives it from region and workspace. */
  baseUrl: string | null;
};

export type AimlapiEnv = AnyVendorEnv & {
  vendor: "aimlapi";
  apiKey: string;
  baseUrl: string;
};

export type ConnectionEnv = DashScopeEnv | AimlapiEnv;

function readDashScope(raw: RawConnections): DashScopeEnv | null {
  if (!raw.DASHSCOPE_API_KEY) return null;
  if (raw.DASHSCOPE_REGION === "eu-central-1" && !raw.DASHSCOPE_WORKSPACE_ID && !raw.DASHSCOPE_BASE_URL) {
    throw new EnvError(
      "DASHSCOPE_WORKSPACE_ID: Frankfurt (eu-central-1) has only workspace hosts; give the workspace id.",
    );
  }
  return {
    vendor: "dashscope",
    name: null,
    apiKey: raw.DASHSCOPE_API_KEY,
    region: raw.DASHSCOPE_REGION,
    workspaceId: raw.DASHSCOPE_WORKSPACE_ID ?? null,
    baseUrl: raw.DASHSCOPE_BASE_URL ?? null,
  };
}

const connectionName = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._()/-]{0,39}$/u, "is 1 to 40 letters, digits, spaces or ._()/-");
const named = { name: connectionName, account: connectionName.nullable().default(null), apiKey };

const connectionsSchema = z
  .array(
    z.discriminatedUnion("vendor", [
      z
        .strictObject({
          ...named,
          vendor: z.literal("dashscope"),
          region: z.enum(REGIONS).default("ap-southeast-1"),
          workspaceId: workspaceId.nullable().default(null),
          baseUrl: httpUrl.nullable().default(null),
        })
        .refine((given) => given.region !== "eu-central-1" || given.workspaceId || given.baseUrl, {
          path: ["workspaceId"],
          error: "Frankfurt (eu-central-1) has only workspace hosts; give the workspace id",
        }),
      z.strictObject({
        ...named,
        vendor: z.literal("aimlapi"),
        baseUrl: httpUrl.default("https://api.aimlapi.com"),
      }),
    ]),
  )
  .max(50);

/** Keys stand in this text: a complaint names places and rules, never what stood there. */
export function readConnections(raw: RawConnections): ConnectionEnv[] {
  const simple: (ConnectionEnv | null)[] = [
    readDashScope(raw),
    raw.AIMLAPI_API_KEY
      ? { vendor: "aimlapi", name: null, apiKey: raw.AIMLAPI_API_KEY, baseUrl: raw.AIMLAPI_BASE_URL }
      : null,
  ];
  const parsed = connectionsSchema.safeParse(
    raw.CONNECTIONS ? parseJsonOrFile("CONNECTIONS", raw.CONNECTIONS) : [],
  );
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `CONNECTIONS.${issue.path.join(".")}: ${issue.message}`);
    throw new EnvError(`These settings are wrong:\n  ${lines.join("\n  ")}`);
  }
  const names = parsed.data.map(({ name }) => name.toLowerCase());
  const double = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (double >= 0) {
    throw new EnvError(`CONNECTIONS.${double}.name: “${parsed.data[double]?.name}” is there twice.`);
  }
  return [...simple.filter((connection) => connection !== null), ...parsed.data];
}

/** The JSON itself, or the file that it names. */
export function parseJsonOrFile(variable: string, given: string): unknown {
  const isJson = given.trimStart().startsWith("[");
  let text = given;
  if (!isJson) {
    try {
      text = readFileSync(resolve(given), "utf8");
    } catch (error) {
      const why = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
      throw new EnvError(
        `${variable}: is neither a JSON list, which begins with [, nor a file that can be read${why}.`,
      );
    }
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words quote the text, and keys stand in it.
    throw new EnvError(`${variable}: ${isJson ? "is" : "names a file that is"} no valid JSON.`);
  }
}
