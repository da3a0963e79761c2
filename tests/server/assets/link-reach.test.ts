import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { linkReach, linksOf } from "@/lib/server/assets/link-reach";
import { readEnv } from "@/lib/server/env";
import { createLog } from "@/lib/server/log";
import { createDiskStorage } from "@/lib/server/storage/disk-storage";
import { createS3Storage } from "@/lib/server/storage/s3-storage";

const signIn = { OIDC_ISSUER: "https://id.example", OIDC_CLIENT_ID: "id", OIDC_CLIENT_SECRET: "secret" };
const bucket = { S3_BUCKET: "films", S3_ACCESS_KEY_ID: "id", S3_SECRET_ACCESS_KEY: "secret" };

it.each([
  ["none", {}],
  ["none", { PUBLIC_URL: "https://studio.example" }],
  ["none", signIn],
  ["public", { PUBLIC_URL: "https://studio.example", ...signIn }],
  ["loopback", { PUBLIC_URL: "http://[::1]:3000", ...signIn }],
] as const)("a studio's links are read by: %s, with %o", (reach, settings) => {
  expect(linkReach(readEnv(settings))).toBe(reach);
});

it.each([
  [undefined, { S3_ENDPOINT: "https://s3.example" }],
  ["public", { S3_PUBLIC_ENDPOINT: "https://s3.example" }],
  ["public", { S3_ENDPOINT: "https://s3.example", S3_PUBLIC_ENDPOINT: "https://s3.example" }],
  ["loopback", { S3_PUBLIC_ENDPOINT: "http://127.0.0.1:9000" }],
  ["loopback", { S3_PUBLIC_ENDPOINT: "http://[::1]:9000" }],
] as const)("a bucket's links are read by: %s, with %o", (reach, settings) => {
  const { s3 } = readEnv({ ...bucket, ...settings });
  if (!s3) throw new Error("there is no bucket");
  const storage = createS3Storage({ place: s3, spoolDir: tmpdir(), log: createLog("silent") });
  expect(linksOf(storage, s3)?.reach).toBe(reach);
});

it("files on this machine's disk have no links of their own", () => {
  expect(linksOf(createDiskStorage(tmpdir()), null)).toBeNull();
});
