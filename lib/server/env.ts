import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { REGIONS } from "@/lib/domain/models/model";
import { type PriceBook, readPriceBook } from "./spend/read-prices";
import { readCaps, type SpendCap } from "./spend/spend-caps";
import { isTimeZone, knownTimeZone } from "./time-zone";

/** A header carries it: a curly quote or a line break from copying would make every call fail in an odd way. */
const apiKey = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]+$/, "has a character that no key has; copy it again");
const port = z.coerce.number().int().min(0).max(65_535);
const httpUrl = z
  .url({ protocol: /^https?$/, error: "is not an http(s) address" })
  .transform((url) => url.replace(/\/+$/, ""));
const workspaceId = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/, "is not a workspace id (a DNS label)");

const envSchema = z.object({
  NODE_ENV: z.string().optional(),
  HOST: z.string().default("127.0.0.1"),
  PORT: port.default(3000),
  DATA_DIR: z.string().default("./data"),
  PUBLIC_URL: httpUrl.optional(),
  TZ: z.string().refine(isTimeZone, "is no time zone; write it like Europe/Berlin").optional(),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),

  DASHSCOPE_API_KEY: apiKey.optional(),
  DASHSCOPE_REGION: z.enum(REGIONS).default("ap-southeast-1"),
  DASHSCOPE_WORKSPACE_ID: workspaceId.optional(),
  DASHSCOPE_BASE_URL: httpUrl.optional(),

  AIMLAPI_API_KEY: apiKey.optional(),
  AIMLAPI_BASE_URL: httpUrl.default("https://api.aimlapi.com"),

  CONNECTIONS: z.string().optional(),

  SPEND_CAP_DAY: z.string().optional(),
  SPEND_CAP_MONTH: z.string().optional(),
  SPEND_CAP_PERSON_DAY: z.string().optional(),
  SPEND_CAP_PERSON_MONTH: z.string().optional(),
  PRICES: z.string().optional(),
  OPERATORS: z.string().optional(),

  EMULATOR_TIME_SCALE: z.coerce.number().positive().max(100_000).optional(),
  EMULATOR_EXPIRY_SCALE: z.coerce.number().positive().max(1_000_000).default(1),

  AUTH_SECRET: z.string().min(32, "is shorter than 32 characters").optional(),
  SIGN_IN_ALLOW: z.string().optional(),
  GITHUB_CLIENT_ID: z.string().optional(),
  GITHUB_CLIENT_SECRET: z.string().optional(),
  GOOGLE_CLIENT_ID: z.string().optional(),
  GOOGLE_CLIENT_SECRET: z.string().optional(),
  OIDC_ISSUER: httpUrl.optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_NAME: z.string().default("Single sign-on"),
});

type Raw = z.infer<typeof envSchema>;

export type SignInMethod =
  | { kind: "github" | "google"; clientId: string; clientSecret: string }
  | { kind: "oidc"; clientId: string; clientSecret: string; issuer: string; name: string };

export type DashScopeEnv = {
  vendor: "dashscope";
  /** Given by the operator; otherwise what it is says what it is called. */
  name: string | null;
  apiKey: string;
  region: Raw["DASHSCOPE_REGION"];
  workspaceId: string | null;
  /** Given by the operator; otherwise the adapter derives it from region and workspace. */
  baseUrl: string | null;
};

export type AimlapiEnv = {
  vendor: "aimlapi";
  name: string | null;
  apiKey: string;
  baseUrl: string;
};

export type ConnectionEnv = DashScopeEnv | AimlapiEnv;

export type Env = {
  isProduction: boolean;
  host: string;
  port: number;
  dataDir: string;
  publicUrl: string | null;
  logLevel: Raw["LOG_LEVEL"];
  /** The connection of the simple variables alone. */
  /** Every connection: those of the simple variables, then those of CONNECTIONS. */
  connections: ConnectionEnv[];
  /** Days and months of the spend begin at midnight here. */
  timeZone: string;
  caps: SpendCap[];
  prices: PriceBook;
  /** Who may see what everybody spends, in the way of SIGN_IN_ALLOW. */
  operators: string[];
  emulator: { timeScale: number | null; expiryScale: number };
  signIn: { methods: SignInMethod[]; allow: string[]; secret: string | null };
};

/** A setting that stops the start; the message names the variable. */
export class EnvError extends Error {
  override readonly name = "EnvError";
}

/** Reads and checks every setting. The only place that looks at the process's environment. */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const raw = parse(envSchema, source);
  return {
    isProduction: raw.NODE_ENV === "production",
    host: raw.HOST,
    port: raw.PORT,
    dataDir: resolve(raw.DATA_DIR),
    publicUrl: raw.PUBLIC_URL ?? null,
    logLevel: raw.LOG_LEVEL,
    connections: readConnections(raw),
    timeZone: raw.TZ ?? knownTimeZone(new Intl.DateTimeFormat().resolvedOptions().timeZone),
    caps: readAllCaps(raw),
    prices: readPrices(raw),
    operators: readList(raw.OPERATORS),
    emulator: { timeScale: raw.EMULATOR_TIME_SCALE ?? null, expiryScale: raw.EMULATOR_EXPIRY_SCALE },
    signIn: { methods: readSignInMethods(raw), allow: readAllowList(raw), secret: raw.AUTH_SECRET ?? null },
  };
}

const emulatorEnvSchema = envSchema.pick({ EMULATOR_TIME_SCALE: true, EMULATOR_EXPIRY_SCALE: true }).extend({
  PORT: port.default(8787),
  EMULATOR_DATA_DIR: z.string().default("./data/emulator-server"),
  EMULATOR_REGION: z.enum([...REGIONS, "all"]).default("ap-southeast-1"),
  EMULATOR_STRICT: z.enum(["0", "1"]).default("0"),
  EMULATOR_FULL_HD: z.enum(["0", "1"]).default("0"),
});

export type EmulatorEnv = {
  port: number;
  dataDir: string;
  timeScale: number | null;
  expiryScale: number;
  /** Null: the models of every region. */
  region: Raw["DASHSCOPE_REGION"] | null;
  isStrict: boolean;
  hasFullHd: boolean;
};

/** The settings of `npm run emulator`, which is a program of its own. */
export function readEmulatorEnv(source: Record<string, string | undefined> = process.env): EmulatorEnv {
  const raw = parse(emulatorEnvSchema, source);
  return {
    port: raw.PORT,
    dataDir: resolve(raw.EMULATOR_DATA_DIR),
    timeScale: raw.EMULATOR_TIME_SCALE ?? null,
    expiryScale: raw.EMULATOR_EXPIRY_SCALE,
    region: raw.EMULATOR_REGION === "all" ? null : raw.EMULATOR_REGION,
    isStrict: raw.EMULATOR_STRICT === "1",
    hasFullHd: raw.EMULATOR_FULL_HD === "1",
  };
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  source: Record<string, string | undefined>,
): z.infer<Schema> {
  // An empty variable in a compose file or .env means "not set".
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new EnvError(`These settings are wrong:\n  ${lines.join("\n  ")}`);
  }
  return parsed.data;
}

function readDashScope(raw: Raw): DashScopeEnv | null {
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
const named = { name: connectionName, apiKey };

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
function readConnections(raw: Raw): ConnectionEnv[] {
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
function parseJsonOrFile(variable: string, given: string): unknown {
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

function readSignInMethods(raw: Raw): SignInMethod[] {
  const methods: SignInMethod[] = [];
  for (const kind of ["github", "google"] as const) {
    const prefix = kind === "github" ? "GITHUB" : "GOOGLE";
    const clientId = raw[`${prefix}_CLIENT_ID`];
    const clientSecret = raw[`${prefix}_CLIENT_SECRET`];
    requireTogether({ [`${prefix}_CLIENT_ID`]: clientId, [`${prefix}_CLIENT_SECRET`]: clientSecret });
    if (clientId && clientSecret) methods.push({ kind, clientId, clientSecret });
  }
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = raw;
  requireTogether({ OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret });
  if (issuer && clientId && clientSecret) {
    methods.push({ kind: "oidc", issuer, clientId, clientSecret, name: raw.OIDC_NAME });
  }
  return methods;
}

function readList(text = ""): string[] {
  return text
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter(Boolean);
}

function readAllCaps(raw: Raw): SpendCap[] {
  const places = [
    ["SPEND_CAP_DAY", "everyone", "day"],
    ["SPEND_CAP_MONTH", "everyone", "month"],
    ["SPEND_CAP_PERSON_DAY", "person", "day"],
    ["SPEND_CAP_PERSON_MONTH", "person", "month"],
  ] as const;
  return places.flatMap(([name, scope, period]) => {
    try {
      return readCaps(scope, period, raw[name]);
    } catch (error) {
      throw new EnvError(`${name}: ${(error as Error).message}.`);
    }
  });
}

function readPrices(raw: Raw): PriceBook {
  if (!raw.PRICES) return [];
  const json = parseJsonOrFile("PRICES", raw.PRICES);
  try {
    return readPriceBook(json);
  } catch (error) {
    throw new EnvError(`PRICES: ${(error as Error).message}.`);
  }
}

// Anybody can have a GitHub or Google account, and whoever signs in spends the operator's money.
function readAllowList(raw: Raw): string[] {
  const allow = readList(raw.SIGN_IN_ALLOW);
  if (allow.length === 0 && (raw.GITHUB_CLIENT_ID || raw.GOOGLE_CLIENT_ID)) {
    throw new EnvError(
      "SIGN_IN_ALLOW: say who may sign in with GitHub or Google, as addresses or @domains with commas between (or * for everybody).",
    );
  }
  return allow.length === 0 ? ["*"] : allow;
}

function requireTogether(group: Record<string, string | undefined>): void {
  const names = Object.keys(group);
  const missing = names.filter((name) => !group[name]);
  if (missing.length > 0 && missing.length < names.length) {
    throw new EnvError(`${missing.join(", ")}: missing; ${names.join(", ")} go together.`);
  }
}
