import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { readEnv, readWorkerEnv } from "@/lib/server/env";
import { EnvError } from "@/lib/server/env-error";
import { knownTimeZone } from "@/lib/server/time-zone";

test("every setting that is read stands in .env.example, and no other", async () => {
  const example = await readFile(".env.example", "utf8");
  const schema = await readFile("lib/server/env.ts", "utf8");
  const offered = [...example.matchAll(/^# ([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]);
  const read = new Set(
    [...schema.matchAll(/\braw\.([A-Z][A-Z0-9_]*)|^ {2}([A-Z][A-Z0-9_]*):/gm)].map(
      ([, used, named]) => used ?? named,
    ),
  );
  read.delete("NODE_ENV");
  expect(offered.sort()).toEqual([...read].sort());
});

test("nothing has to be set", () => {
  expect(readEnv({})).toMatchObject({
    host: "127.0.0.1",
    port: 3000,
    connections: [],
    signIn: { methods: [] },
  });
});

test("an empty variable counts as not set", () => {
  expect(readEnv({ PORT: "", DASHSCOPE_API_KEY: "" })).toEqual(readEnv({}));
});

for (const [name, value] of Object.entries({
  PORT: "65536",
  PUBLIC_URL: "studio.example",
  LOG_LEVEL: "loud",
  DASHSCOPE_REGION: "eu-west-1",
  DASHSCOPE_WORKSPACE_ID: "a/../b",
  EMULATOR_TIME_SCALE: "0",
  AUTH_SECRET: "short",
  DATABASE_URL: "mysql://localhost/firstframe",
  S3_ENDPOINT: "127.0.0.1:9000",
  S3_SECRET_ACCESS_KEY: "alone",
  S3_PUBLIC_ENDPOINT: "s3.example",
  WORKER: "maybe",
  OIDC_CLIENT_ID: "alone",
  GITHUB_CLIENT_SECRET: "alone",
})) {
  test(`a wrong ${name} stops the start and is named`, () => {
    expect(() => readEnv({ [name]: value })).toThrow(EnvError);
    expect(() => readEnv({ [name]: value })).toThrow(name);
  });
}

for (const prefix of ["GITHUB", "GOOGLE"]) {
  test(`${prefix} is not offered before the operator says who may come in`, () => {
    const client = { [`${prefix}_CLIENT_ID`]: "id", [`${prefix}_CLIENT_SECRET`]: "secret" };
    expect(() => readEnv(client)).toThrow("SIGN_IN_ALLOW");
    expect(readEnv({ ...client, SIGN_IN_ALLOW: " @Example.com, ada@example.org " }).signIn.allow).toEqual([
      "@example.com",
      "ada@example.org",
    ]);
  });
}

test("caps and prices are read by currency, and a wrong one is named", () => {
  const env = readEnv({
    SPEND_CAP_DAY: "20 USD, 100 CNY",
    SPEND_CAP_PERSON_MONTH: "5 USD",
    PRICES: `[{"model": "wan2.5-i2v-preview", "place": "ap-southeast-1", "perSecond": {"720P": "0.10 USD"}}]`,
    TZ: "Europe/Berlin",
  });
  expect(env.timeZone).toBe("Europe/Berlin");
  expect(env.caps).toEqual([
    { scope: "everyone", period: "day", limit: { amountMicro: 20_000_000, currency: "USD" } },
    { scope: "everyone", period: "day", limit: { amountMicro: 100_000_000, currency: "CNY" } },
    { scope: "person", period: "month", limit: { amountMicro: 5_000_000, currency: "USD" } },
  ]);
  expect(env.prices).toEqual([
    {
      modelId: "wan2.5-i2v-preview",
      place: "ap-southeast-1",
      perSecond: { "720P": { amountMicro: 100_000, currency: "USD" } },
    },
  ]);
});

for (const [name, value] of [
  ["SPEND_CAP_DAY", "20"],
  ["SPEND_CAP_MONTH", "20 USD, 30 USD"],
  ["PRICES", '[{"model": "wan9", "place": "ap-southeast-1", "perSecond": {}}]'],
  ["PRICES", '[{"model": "wan2.7-i2v", "place": "mars", "perSecond": {}}]'],
  ["PRICES", '[{"model": "wan2.7-i2v", "place": "aimlapi", "perSecond": {"720P": 0.1}}]'],
  ["TZ", "Europe/Atlantis"],
] as const) {
  test(`${name}=${value} stops the start and names the variable`, () => {
    expect(() => readEnv({ [name]: value })).toThrow(new RegExp(`${name}:`));
  });
}

test("a zone that even Node does not know, as with an empty TZ, is reckoned as UTC", () => {
  expect(knownTimeZone("Etc/Unknown")).toBe("UTC");
  expect(knownTimeZone("Europe/Berlin")).toBe("Europe/Berlin");
});

describe("a bucket that vendors read from", () => {
  const S3_PUBLIC_ENDPOINT = "https://s3.example/";
  const keys = { S3_ACCESS_KEY_ID: "id", S3_SECRET_ACCESS_KEY: "secret" };

  test("is told the endpoint as they see it, which may be that of Amazon", () => {
    expect(readEnv({ S3_BUCKET: "films", S3_PUBLIC_ENDPOINT, ...keys }).s3).toMatchObject({
      endpoint: null,
      publicEndpoint: "https://s3.example",
    });
  });

  test("needs a name, and keys of its own: what a role signs dies with its session", () => {
    expect(() => readEnv({ S3_PUBLIC_ENDPOINT, ...keys })).toThrow("S3_BUCKET: missing");
    expect(() => readEnv({ S3_PUBLIC_ENDPOINT })).toThrow("S3_BUCKET: missing");
    expect(() => readEnv({ S3_BUCKET: "films", S3_PUBLIC_ENDPOINT })).toThrow(
      /^S3_ACCESS_KEY_ID: must be given with S3_PUBLIC_ENDPOINT/,
    );
  });
});

describe("one of several processes", () => {
  const shared = {
    DATABASE_URL: "postgres://studio@127.0.0.1/firstframe",
    AUTH_SECRET: "0123456789abcdef0123456789abcdef",
    DASHSCOPE_API_KEY: "sk-test",
  };
  const bucket = { S3_BUCKET: "films", S3_ENDPOINT: "http://127.0.0.1:9000/" };

  test("is told the database, the bucket and whether it works", () => {
    expect(readEnv({ ...shared, ...bucket, WORKER: "off" })).toMatchObject({
      databaseUrl: shared.DATABASE_URL,
      s3: {
        bucket: "films",
        region: "us-east-1",
        endpoint: "http://127.0.0.1:9000",
        publicEndpoint: null,
        credentials: null,
      },
      hasWorker: false,
    });
  });

  test("must have the secret of its sessions from outside, since others have to read them", () => {
    expect(() => readEnv({ ...shared, AUTH_SECRET: "" })).toThrow(/^AUTH_SECRET: .*same in every process/);
  });

  test("has no demo of its own, and says what to do without a key", () => {
    expect(() => readEnv({ ...shared, DASHSCOPE_API_KEY: "" })).toThrow(/^DATABASE_URL: .*npm run emulator/);
  });

  test("leaves the work to others only where they can reach its files", () => {
    expect(() => readEnv({ ...shared, WORKER: "off" })).toThrow("S3_BUCKET");
    expect(() => readEnv({ WORKER: "off" })).toThrow("DATABASE_URL");
  });

  test("as a worker alone needs the database and the bucket that the others have", () => {
    expect(readWorkerEnv({ ...shared, ...bucket, WORKER: "off" }).hasWorker).toBe(true);
    expect(() => readWorkerEnv({})).toThrow("DATABASE_URL and S3_BUCKET");
    expect(() => readWorkerEnv(shared)).toThrow("DATABASE_URL and S3_BUCKET");
  });
});

test("a model that PRICES misspells is answered with all there are, the nearest first", () => {
  const PRICES = '[{"model": "wan-2.5-i2v", "place": "ap-southeast-1", "perSecond": {}}]';
  expect(() => readEnv({ PRICES })).toThrow(
    /^PRICES: 0\.model: is no model of this studio; those are wan2\.5-i2v-preview, .*wan2\.1-kf2v-plus/,
  );
});
