import { resolve } from "node:path";
import { z } from "zod";
import { REGIONS } from "@/lib/domain/models/model";
import {
  apiKey,
  type ConnectionEnv,
  httpUrl,
  parseJsonOrFile,
  readConnections,
  workspaceId,
} from "./env-connections";
import { EnvError } from "./env-error";
import { type PriceBook, readPriceBook } from "./spend/read-prices";
import { readCaps, type SpendCap } from "./spend/spend-caps";
import { isTimeZone, knownTimeZone } from "./time-zone";

const port = z.coerce.number().int().min(0).max(65_535);

const envSchema = z.object({
  NODE_ENV: z.string().optional(),
  HOST: z.string().default("127.0.0.1"),
  PORT: port.default(3000),
  DATA_DIR: z.string().default("./data"),
  PUBLIC_URL: httpUrl.optional(),
  TZ: z.string().refine(isTimeZone, "is no time zone; write it like Europe/Berlin").optional(),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),

  METRICS_TOKEN: z.string().trim().min(16, "is shorter than 16 characters").optional(),
  WORKER_PORT: port.optional(),

  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "is not a postgres:// address" }).optional(),
  WORKER: z.enum(["on", "off"]).default("on"),
  S3_BUCKET: z.string().optional(),
  S3_REGION: z.string().default("us-east-1"),
  S3_ENDPOINT: httpUrl.optional(),
  S3_PUBLIC_ENDPOINT: httpUrl.optional(),
  S3_ACCESS_KEY_ID: z.string().trim().optional(),
  S3_SECRET_ACCESS_KEY: z.string().trim().optional(),

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

/**
 * Where the bucket is. `endpoint` is null for Amazon's own, `publicEndpoint` where no vendor reaches it, `credentials`
 * where the machine's role has them.
 */
export type S3Env = {
  bucket: string;
  region: string;
  endpoint: string | null;
  publicEndpoint: string | null;
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
};

export type Env = {
  isProduction: boolean;
  host: string;
  port: number;
  dataDir: string;
  publicUrl: string | null;
  /** Of a Postgres; null for the embedded database. */
  databaseUrl: string | null;
  /** Null for the data folder. */
  s3: S3Env | null;
  /** Whether this process also does the work, or leaves it to others on the same database. */
  hasWorker: boolean;
  logLevel: Raw["LOG_LEVEL"];
  /** What whoever reads the metrics has to send; null: nobody but this machine. */
  metricsToken: string | null;
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

/** Reads and checks every setting. The only place that looks at the process's environment. */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const raw = parse(envSchema, source);
  refuseLonelyProcess(raw);
  return {
    isProduction: raw.NODE_ENV === "production",
    host: raw.HOST,
    port: raw.PORT,
    dataDir: resolve(raw.DATA_DIR),
    publicUrl: raw.PUBLIC_URL ?? null,
    databaseUrl: raw.DATABASE_URL ?? null,
    s3: readS3(raw),
    hasWorker: raw.WORKER === "on",
    logLevel: raw.LOG_LEVEL,
    metricsToken: raw.METRICS_TOKEN ?? null,
    connections: readConnections(raw),
    timeZone: raw.TZ ?? knownTimeZone(new Intl.DateTimeFormat().resolvedOptions().timeZone),
    caps: readAllCaps(raw),
    prices: readPrices(raw),
    operators: readList(raw.OPERATORS),
    emulator: { timeScale: raw.EMULATOR_TIME_SCALE ?? null, expiryScale: raw.EMULATOR_EXPIRY_SCALE },
    signIn: { methods: readSignInMethods(raw), allow: readAllowList(raw), secret: raw.AUTH_SECRET ?? null },
  };
}

function readS3(raw: Raw): S3Env | null {
  const { S3_BUCKET: bucket, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = raw;
  requireTogether({ S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey });
  if (!bucket) {
    if (raw.S3_ENDPOINT || raw.S3_PUBLIC_ENDPOINT || accessKeyId)
      throw new EnvError("S3_BUCKET: missing; it names where files are kept.");
    return null;
  }
  if (raw.S3_PUBLIC_ENDPOINT && !accessKeyId) {
    throw new EnvError(
      "S3_ACCESS_KEY_ID: must be given with S3_PUBLIC_ENDPOINT; a link that a machine's role signs dies with its session, before the vendor may have read it.",
    );
  }
  return {
    bucket,
    region: raw.S3_REGION,
    endpoint: raw.S3_ENDPOINT ?? null,
    publicEndpoint: raw.S3_PUBLIC_ENDPOINT ?? null,
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null,
  };
}

/** What several processes on one database need, so that each can answer for all. */
function refuseLonelyProcess(raw: Raw): void {
  if (!raw.DATABASE_URL) {
    if (raw.WORKER === "off") {
      throw new EnvError("WORKER: off needs DATABASE_URL; nobody else can work on the embedded database.");
    }
    return;
  }
  if (!raw.AUTH_SECRET) {
    throw new EnvError(
      "AUTH_SECRET: must be given with DATABASE_URL, and be the same in every process; each would make its own.",
    );
  }
  if (raw.WORKER === "off" && !raw.S3_BUCKET) {
    throw new EnvError(
      "S3_BUCKET: must be given with WORKER=off; the worker's files would be on its own disk.",
    );
  }
  if (!raw.DASHSCOPE_API_KEY && !raw.AIMLAPI_API_KEY && !raw.CONNECTIONS) {
    throw new EnvError(
      "DATABASE_URL: needs a key of a vendor, because each process would have a demo of its own. " +
        "To try without one, run `npm run emulator` and set DASHSCOPE_BASE_URL and DASHSCOPE_API_KEY as it says.",
    );
  }
}

const workerEnvError =
  "DATABASE_URL and S3_BUCKET: `npm run worker` works for other processes and needs both; `npm start` has a worker of its own.";

/** The settings of `npm run worker`: those of a server, and what makes it one of several. */
export function readWorkerEnv(source: Record<string, string | undefined> = process.env): WorkerEnv {
  const env = readEnv({ ...source, WORKER: "on" });
  if (env.databaseUrl === null || env.s3 === null) throw new EnvError(workerEnvError);
  return { ...env, probePort: parse(workerEnvSchema, source).WORKER_PORT ?? null };
}

const workerEnvSchema = envSchema.pick({ WORKER_PORT: true });

/** `probePort`: where its health and metrics are to be had; null for nowhere. */
export type WorkerEnv = Env & { probePort: number | null };

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

/** Whether npm runs this process as that script of package.json, and not a script of another program that it is part of. */
export function isStartedByNpm(
  script: string,
  source: Record<string, string | undefined> = process.env,
): boolean {
  return source.npm_lifecycle_event === script;
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
