import { expect, it } from "vitest";
import type { ConnectionCheck } from "@/lib/domain/connection";
import type { Region } from "@/lib/domain/models/model";
import { createMediaLinks, type StorageLinks } from "@/lib/server/assets/media-links";
import { testConnection } from "@/lib/server/connections/test-connection";
import { createTestTurns } from "@/lib/server/connections/test-turns";
import { createConnections } from "@/lib/server/providers/registry";
import { createFakeClock } from "@/tests/support/fake-clock";
import {
  connectionError,
  createScriptedVendor,
  json,
  type SentRequest,
} from "@/tests/support/scripted-vendor";

const KEY = "sk-test-0123456789";
const TASKS = "GET /api/v1/tasks/";
const UPLOADS = "GET /api/v1/uploads";
const STORE = "POST /";
const unknownTask = json(200, { request_id: "r", output: { task_id: "t", task_status: "UNKNOWN" } });
const noKey = json(401, { code: "InvalidApiKey", message: "No API-key provided.", request_id: "q" });
const unknown = ({ headers }: SentRequest) => (headers.authorization ? unknownTask : noKey);
const taken = new Response(null, { status: 200 });
const LINK = "GET /api/media";
const ours = json(404, { error: { code: "not-found", message: "There is nothing at this link." } });
const policy = json(200, {
  data: {
    policy: "p",
    signature: "s",
    upload_dir: "d",
    upload_host: "https://93.184.216.34",
    oss_access_key_id: "i",
    x_oss_object_acl: "private",
    x_oss_forbid_overwrite: "true",
  },
});
const refused = (status: number, code: string, message: string) =>
  json(status, { code, message, request_id: "q" });

async function testWith(
  routes: Parameters<typeof createScriptedVendor>[0],
  region: Region = "ap-southeast-1",
  hasLinks = false,
  baseUrl: string | null = null,
  linkFor: StorageLinks["linkFor"] | null = null,
) {
  const vendor = createScriptedVendor({ [STORE]: [taken], ...routes });
  const clock = createFakeClock(42);
  const connections = createConnections({
    connections: [{ vendor: "dashscope", name: "Mine", apiKey: KEY, region, workspaceId: null, baseUrl }],
    fetch: vendor.fetch,
    emulatorFetch: vendor.fetch,
    now: () => 0,
  });
  const publicUrl = hasLinks ? "https://studio.example" : null;
  const bench = {
    connections,
    mediaLinks: createMediaLinks({
      publicUrl,
      reach: hasLinks ? "public" : "none",
      secret: () => "s",
      clock,
      storageLinks: linkFor && { linkFor, reach: "public" },
    }),
    clock,
    stopping: new AbortController().signal,
    env: { publicUrl },
    testTurns: createTestTurns(clock),
  };
  const id = connections.offered[0]?.view.id ?? "";
  const report = await testConnection(bench, "usr_a", id);
  expect(report).toMatchObject({ connectionId: id, checkedAt: 42 });
  expect(JSON.stringify(report)).not.toContain(KEY);
  const found = Object.fromEntries(report.checks.map((check) => [check.subject, check]));
  return { id, clock, found: found as Record<ConnectionCheck["subject"], ConnectionCheck>, vendor, bench };
}

const verdicts = (found: Record<string, ConnectionCheck>) =>
  Object.fromEntries(Object.entries(found).map(([subject, { verdict }]) => [subject, verdict]));

it("a good key in Beijing: only whether the account may use each model is left open", async () => {
  const { found, vendor } = await testWith({ [TASKS]: [unknown], [UPLOADS]: [policy] }, "cn-beijing");
  expect(verdicts(found)).toEqual({ key: "good", region: "good", models: "unknown", upload: "good" });
  expect(found.models.message).toContain("Wan 2.7");
  expect(found.region.message).toBe("The key belongs to Beijing.");
  // Nothing that could cost anything was asked.
  expect(vendor.sent.map(({ method, url }) => `${method} ${new URL(url).pathname.slice(0, 14)}`)).toEqual(
    ["GET /api/v1/tasks/", "GET /api/v1/upload", "GET /api/v1/tasks/", "POST /"].map((line) =>
      line.slice(0, "GET ".length + 14),
    ),
  );
  const post = vendor.sent.find(({ method }) => method === "POST");
  expect(post?.body).toContain("A test of the connection");
  expect(post?.headers).not.toHaveProperty("authorization");
});

it("a good key at an address of one's own says nothing of the region", async () => {
  const routes = { [TASKS]: [unknown], [UPLOADS]: [policy] };
  const { found } = await testWith(routes, "us-east-1", false, "https://relay.example");
  expect(verdicts(found)).toMatchObject({ key: "good", region: "unknown" });
  expect(found.region.message).toBe(
    "Virginia is what the settings say; relay.example does not tell where it is.",
  );
  // The vendor's own hosts tell, wherever they were written.
  const beijing = "https://dashscope.aliyuncs.com";
  const elsewhere = await testWith(routes, "ap-southeast-1", false, beijing);
  expect(elsewhere.found.region.verdict).toBe("unknown");
  const workspace = await testWith(
    routes,
    "eu-central-1",
    false,
    "https://ws.eu-central-1.maas.aliyuncs.com",
  );
  expect(workspace.found.region.verdict).toBe("good");
});

it("a good key elsewhere: nobody promises that uploads are read there", async () => {
  const routes = { [TASKS]: [unknown], [UPLOADS]: [policy], [LINK]: [ours] };
  const without = await testWith(routes);
  expect(without.found.upload).toMatchObject({
    verdict: "unknown",
    message: expect.stringContaining("set sign-in and PUBLIC_URL, or a bucket with S3_PUBLIC_ENDPOINT"),
  });
  const withLinks = await testWith(routes, "ap-southeast-1", true);
  expect(withLinks.found.upload.message).toContain("the vendor fetches files by a link");
});

it("a key that is refused may be one of another region, and nothing more is asked", async () => {
  const { found, vendor } = await testWith({
    [TASKS]: [refused(401, "InvalidApiKey", `Incorrect API key: ${KEY}`)],
  });
  expect(verdicts(found)).toEqual({ key: "bad", region: "unknown", models: "unknown", upload: "unknown" });
  expect(found.key.message).toContain("another region than Singapore");
  expect(vendor.sent).toHaveLength(1);
});

it("an account that may not work is told in the vendor's words", async () => {
  const { found } = await testWith({
    [TASKS]: [refused(400, "Arrearage", "Please make sure your account is in good standing.")],
  });
  expect(found.key).toMatchObject({ verdict: "bad", message: expect.stringContaining("good standing") });
});

it.each([
  ["no such host", connectionError("ENOTFOUND"), "could not be reached"],
  ["a stranger's page", new Response("<html>hello", { status: 200 }), "not as Model Studio does"],
] as const)("%s is a wrong region or address, not a wrong key", async (_name, answer, words) => {
  const { found } = await testWith({ [TASKS]: [answer] });
  expect(found.key.verdict).toBe("unknown");
  expect(found.region).toMatchObject({ verdict: "bad", message: expect.stringContaining(words) });
});

it("a vendor that is busy says nothing about the key", async () => {
  const { found } = await testWith({
    [TASKS]: [refused(429, "Throttling", "Requests throttling triggered.")],
  });
  expect(verdicts(found)).toMatchObject({ key: "unknown", region: "unknown" });
});

it("a model that the account may not use, and an upload that it may not make, are bad", async () => {
  const { found } = await testWith({
    [TASKS]: [unknown],
    [UPLOADS]: [refused(403, "Model.AccessDenied", "Model access denied.")],
  });
  expect(verdicts(found)).toEqual({ key: "good", region: "good", models: "bad", upload: "bad" });
});

it("an answer that comes without a key too says nothing about the key", async () => {
  const { found } = await testWith({ [TASKS]: [unknownTask], [UPLOADS]: [policy] });
  expect(verdicts(found)).toMatchObject({ key: "unknown", region: "unknown" });
  expect(found.key.message).toContain("the same without a key");
});

it.each([
  [
    "is denied",
    new Response("<Error><Code>AccessDenied</Code><Message>No.</Message></Error>", { status: 403 }),
  ],
  ["breaks off", connectionError("ECONNRESET")],
] as const)("a test file whose upload %s shows that uploads do not work", async (_name, answer) => {
  const routes = { [TASKS]: [unknown], [UPLOADS]: [policy], [STORE]: [answer] };
  const { found } = await testWith(routes, "cn-beijing");
  expect(found.upload).toMatchObject({
    verdict: "bad",
    message: expect.stringContaining("its store did not take a test file"),
  });
});

it.each([
  ["good", ours, "leads to this studio, seen from this server"],
  ["bad", new Response("<html>Sign in", { status: 200 }), "not as this studio does"],
  ["bad", new Response("<html>Not found", { status: 404 }), "not as this studio does"],
  ["unknown", connectionError("ENOTFOUND", "getaddrinfo"), "could not be reached from this server"],
] as const)("public links are %s by what PUBLIC_URL answers this server", async (verdict, answer, words) => {
  const routes = { [TASKS]: [unknown], [UPLOADS]: [policy], [LINK]: [answer] };
  const { found, vendor } = await testWith(routes, "ap-southeast-1", true);
  expect(found.links).toMatchObject({ verdict, message: expect.stringContaining(words) });
  expect(vendor.sentTo("/api/media")[0]?.headers).not.toHaveProperty("authorization");
});

const saysNo = (status: number, code: string) =>
  new Response(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`, { status });

it.each([
  ["good", saysNo(404, "NoSuchKey"), "opens the bucket's links, seen from this server"],
  ["unknown", saysNo(403, "AccessDenied"), "the key may not list the bucket"],
  ["bad", saysNo(403, "SignatureDoesNotMatch"), "(SignatureDoesNotMatch), but does not open"],
  ["bad", new Response("<html>Not found", { status: 404 }), "(HTTP 404), but does not open"],
  ["unknown", connectionError("ENOTFOUND", "getaddrinfo"), "could not be reached from this server"],
] as const)(
  "links to the bucket are %s by what S3_PUBLIC_ENDPOINT answers",
  async (verdict, answer, words) => {
    const routes = { [TASKS]: [unknown], [UPLOADS]: [policy], "GET /films": [answer] };
    const linkFor = async (key: string) => `https://bucket.example/films/${key}?X-Amz-Signature=secret`;
    const { found, vendor } = await testWith(routes, "ap-southeast-1", true, null, linkFor);
    expect(found.links).toMatchObject({ verdict, message: expect.stringContaining(words) });
    expect(found.links.message).toContain("bucket.example");
    expect(found.links.message).not.toContain("secret");
    expect(found.upload.message).toContain("the vendor fetches files by a link");
    expect(vendor.sentTo("/films")[0]?.headers).not.toHaveProperty("authorization");
    expect(vendor.sentTo("/api/media")).toEqual([]);
  },
);

it("each person has one test at a time and six a minute, and hears how long to wait", async () => {
  let answer: (reply: Response) => void = () => {};
  const held = () =>
    new Promise<Response>((resolve) => {
      answer = resolve;
    });
  const routes = { [TASKS]: [unknown, unknown, held, unknown], [UPLOADS]: [policy] };
  const { bench, id, clock } = await testWith(routes);
  const first = testConnection(bench, "usr_a", id);
  await expect(testConnection(bench, "usr_a", id)).rejects.toMatchObject({
    code: "too-many-requests",
    status: 429,
    message: expect.stringContaining("still running"),
  });
  await testConnection(bench, "usr_b", id);
  answer(unknownTask);
  await first;
  for (let tests = 2; tests < 6; tests += 1) await testConnection(bench, "usr_a", id);
  await expect(testConnection(bench, "usr_a", id)).rejects.toMatchObject({
    code: "too-many-requests",
    message: expect.stringContaining("again in 60 s"),
  });
  clock.advance(60_000);
  await testConnection(bench, "usr_a", id);
});

it("a connection that is gone is said to be gone", async () => {
  const { bench } = await testWith({ [TASKS]: [unknown], [UPLOADS]: [policy] });
  await expect(testConnection(bench, "usr_a", "dashscope:moon")).rejects.toMatchObject({ code: "not-found" });
});
