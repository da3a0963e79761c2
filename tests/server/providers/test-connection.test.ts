import { expect, it } from "vitest";
import type { ConnectionCheck } from "@/lib/domain/connection";
import type { Region } from "@/lib/domain/models/model";
import { testConnection } from "@/lib/server/connections/test-connection";
import { createConnections } from "@/lib/server/providers/registry";
import { connectionError, createScriptedVendor, json } from "@/tests/support/scripted-vendor";

const KEY = "sk-test-0123456789";
const TASKS = "GET /api/v1/tasks/";
const UPLOADS = "GET /api/v1/uploads";
const unknown = json(200, { request_id: "r", output: { task_id: "t", task_status: "UNKNOWN" } });
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
) {
  const vendor = createScriptedVendor(routes);
  const connections = createConnections({
    connections: [
      { vendor: "dashscope", name: "Mine", apiKey: KEY, region, workspaceId: null, baseUrl: null },
    ],
    fetch: vendor.fetch,
    emulatorFetch: vendor.fetch,
    now: () => 0,
  });
  const bench = {
    connections,
    mediaLinks: { canBeReadBy: () => hasLinks, urlFor: () => null, read: () => null },
    clock: { now: () => 42 },
    stopping: new AbortController().signal,
  };
  const id = connections.offered[0]?.view.id ?? "";
  const report = await testConnection(bench, id);
  expect(report).toMatchObject({ connectionId: id, checkedAt: 42 });
  expect(JSON.stringify(report)).not.toContain(KEY);
  const found = Object.fromEntries(report.checks.map((check) => [check.subject, check]));
  return { found: found as Record<ConnectionCheck["subject"], ConnectionCheck>, vendor, bench };
}

const verdicts = (found: Record<string, ConnectionCheck>) =>
  Object.fromEntries(Object.entries(found).map(([subject, { verdict }]) => [subject, verdict]));

it("a good key in Beijing: only whether the account may use each model is left open", async () => {
  const { found, vendor } = await testWith({ [TASKS]: [unknown], [UPLOADS]: [policy] }, "cn-beijing");
  expect(verdicts(found)).toEqual({ key: "good", region: "good", models: "unknown", upload: "good" });
  expect(found.models.message).toContain("Wan 2.7");
  expect(found.region.message).toBe("The key belongs to Beijing.");
  // Nothing that could cost anything was asked.
  expect(vendor.sent.map(({ method }) => method)).toEqual(["GET", "GET"]);
});

it("a good key elsewhere: nobody promises that uploads are read there", async () => {
  const routes = { [TASKS]: [unknown], [UPLOADS]: [policy] };
  const without = await testWith(routes);
  expect(without.found.upload).toMatchObject({
    verdict: "unknown",
    message: expect.stringContaining("set sign-in and PUBLIC_URL"),
  });
  const withLinks = await testWith(routes, "ap-southeast-1", true);
  expect(withLinks.found.upload.message).toContain("fetches files from PUBLIC_URL");
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

it("a connection that is gone is said to be gone", async () => {
  const { bench } = await testWith({ [TASKS]: [unknown], [UPLOADS]: [policy] });
  await expect(testConnection(bench, "dashscope:moon")).rejects.toMatchObject({ code: "not-found" });
});
