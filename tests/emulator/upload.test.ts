import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ORIGIN, readReply, startEmulator, startMedia } from "./start-emulator";
import { formOf, picture, policyFor, sendForm } from "./upload-picture";

const media = startMedia();
afterAll(() => media.close());

const RESOLVE = { "x-dashscope-ossresourceresolve": "enable" };

const bodyWith = (url: string, model = "wan2.7-i2v") => ({
  model,
  input: { prompt: "[demo:internal-error]", media: [{ type: "first_frame", url }] },
});

test("a policy has the documented keys and types", async () => {
  const studio = await startEmulator(media);
  expect(await policyFor(studio)).toEqual({
    policy: expect.any(String),
    signature: expect.any(String),
    upload_dir: expect.stringMatching(/^dashscope-instant\//),
    upload_host: expect.stringContaining(ORIGIN),
    expire_in_seconds: 300,
    max_file_size_mb: 100,
    capacity_limit_mb: 999_999_999,
    oss_access_key_id: expect.any(String),
    x_oss_object_acl: "private",
    x_oss_forbid_overwrite: "true",
  });
});

test("a policy needs a key, the action and a model that exists", async () => {
  const { send } = await startEmulator(media);
  const ask = async (query: string, headers = {}) => {
    const { status, body } = await readReply(await send(`/api/v1/uploads?${query}`, { headers }));
    return [status, body.code];
  };
  expect(await ask("action=getPolicy&model=wan2.7-i2v", { authorization: "nothing" })).toEqual([
    401,
    "InvalidApiKey",
  ]);
  expect(await ask("model=wan2.7-i2v")).toEqual([400, "InvalidParameter"]);
  expect(await ask("action=getPolicy&model=wan9")).toEqual([404, "InvalidParameter"]);
});

test("an uploaded picture becomes a task's first frame, byte for byte", async () => {
  const studio = await startEmulator(media);
  const policy = await policyFor(studio);
  const reply = await sendForm(studio, policy, formOf(policy, await picture()));
  expect([reply.status, await reply.text()]).toEqual([200, ""]);
  const url = `oss://${policy.upload_dir}/a picture.png`;
  const taskId = await studio.create(bodyWith(url), { headers: RESOLVE });
  studio.clock.advance(20_000);
  expect(await studio.query(taskId)).toMatchObject({ output: { task_status: "RUNNING" } });
});

test("a large file streams in whole, wherever the chunks are cut", async () => {
  const studio = await startEmulator(media);
  const policy = await policyFor(studio);
  const content = new Uint8Array(9_000_001);
  // Nearly boundaries, all over the file.
  for (let at = 0; at < content.length; at += 997)
    content.set(Buffer.from("\r\n------formdata"), Math.min(at, content.length - 20));
  const whole = new Request("https://x.test", { method: "POST", body: formOf(policy, content) });
  const bytes = new Uint8Array(await whole.arrayBuffer());
  let at = 0;
  const trickle = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const length = at < 3000 ? 7 : 65_521;
      controller.enqueue(bytes.subarray(at, at + length));
      at += length;
    },
  });
  const reply = await studio.emulator.handler(
    new Request(
      policy.upload_host as string,
      {
        method: "POST",
        body: trickle,
        headers: { "content-type": whole.headers.get("content-type") as string },
        duplex: "half",
      } as RequestInit,
    ),
  );
  expect(reply.status).toBe(200);
  const files = await readdir(join(studio.dataDir, "uploads"));
  const stored = await readFile(
    join(studio.dataDir, "uploads", files.find((name) => !name.endsWith(".json")) as string),
  );
  expect(stored.equals(content)).toBe(true);
});

test.each<[string, string | null, number]>([
  ["200", "200", 200],
  ["201", "201", 201],
  ["nothing, as OSS does", null, 204],
])("the form decides the answer: %s", async (_, status, expected) => {
  const studio = await startEmulator(media);
  const policy = await policyFor(studio);
  const form = formOf(policy, await picture(), { success_action_status: status });
  expect((await sendForm(studio, policy, form)).status).toBe(expected);
});

test("what a policy does not allow is refused in XML, and nothing is kept", async () => {
  const studio = await startEmulator(media);
  const policy = await policyFor(studio);
  const other = await policyFor(studio);
  const attempt = async (change: Record<string, string | null>) => {
    const reply = await sendForm(studio, policy, formOf(policy, await picture(), change));
    expect(reply.headers.get("content-type")).toBe("application/xml");
    return [reply.status, /<Code>(.*)<\/Code>/.exec(await reply.text())?.[1]];
  };
  expect(await attempt({ Signature: other.signature as string })).toEqual([403, "SignatureDoesNotMatch"]);
  expect(await attempt({ policy: Buffer.from("{}").toString("base64") })).toEqual([
    403,
    "SignatureDoesNotMatch",
  ]);
  expect(await attempt({ OSSAccessKeyId: "LTAIother" })).toEqual([403, "InvalidAccessKeyId"]);
  expect(await attempt({ key: "elsewhere/a.png" })).toEqual([403, "AccessDenied"]);
  expect(await attempt({ key: `${other.upload_dir}/a.png` })).toEqual([403, "AccessDenied"]);
  expect(await attempt({ policy: null })).toEqual([400, "InvalidArgument"]);
  studio.clock.advance(300_001);
  const late = await sendForm(studio, policy, formOf(policy, await picture()));
  expect([late.status, await late.text()]).toEqual([
    403,
    expect.stringContaining("Invalid according to Policy: Policy expired."),
  ]);
  expect(await readdir(join(studio.dataDir, "uploads"))).toEqual([]);
});

test("a body that is cut, or has no file, is refused and leaves nothing", async () => {
  const studio = await startEmulator(media);
  const policy = await policyFor(studio);
  const whole = new Request("https://x.test", { method: "POST", body: formOf(policy, await picture()) });
  const contentType = whole.headers.get("content-type") as string;
  const bytes = await whole.arrayBuffer();
  const post = (body: BodyInit, type = contentType) =>
    studio.emulator.handler(
      new Request(policy.upload_host as string, { method: "POST", body, headers: { "content-type": type } }),
    );
  expect((await post(bytes.slice(0, bytes.byteLength - 200))).status).toBe(400);
  expect((await post("hello", "text/plain")).status).toBe(400);
  const withoutFile = formOf(policy, await picture());
  withoutFile.delete("file");
  expect((await sendForm(studio, policy, withoutFile)).status).toBe(400);
  expect(await readdir(join(studio.dataDir, "uploads"))).toEqual([]);
});

test("a file beyond the size that the policy names is refused while it streams, and leaves nothing", async () => {
  const studio = await startEmulator(media);
  const policy = await policyFor(studio);
  const sizeMax = Number(policy.max_file_size_mb) * 2 ** 20;
  const post = async (sizeBytes: number) => {
    const reply = await sendForm(studio, policy, formOf(policy, new Uint8Array(sizeBytes)));
    return [reply.status, /<Code>(.*)<\/Code>/.exec(await reply.text())?.[1]];
  };
  expect(await post(sizeMax + 1)).toEqual([400, "EntityTooLarge"]);
  expect(await readdir(join(studio.dataDir, "uploads"))).toEqual([]);
  expect(await post(sizeMax)).toEqual([200, undefined]);
});

test("a key is written once", async () => {
  const studio = await startEmulator(media);
  const policy = await policyFor(studio);
  expect((await sendForm(studio, policy, formOf(policy, await picture()))).status).toBe(200);
  expect((await sendForm(studio, policy, formOf(policy, new Uint8Array(5)))).status).toBe(409);
});

test("an upload serves its own model and key, with the header, for two days, and nobody can read it back", async () => {
  const studio = await startEmulator(media);
  const policy = await policyFor(studio);
  await sendForm(studio, policy, formOf(policy, await picture()));
  const url = `oss://${policy.upload_dir}/a picture.png`;
  const codeOf = async (id: string, key?: string) => {
    const { task_status, code } = (await studio.query(id, key)).output;
    return code ?? task_status;
  };

  expect(await readReply(await studio.post(bodyWith(url)))).toMatchObject({
    status: 400,
    body: { code: "InvalidParameter.DataInspection" },
  });
  const another = await studio.create(bodyWith(url, "wan2.7-i2v-2026-04-25"), { headers: RESOLVE });
  expect(await codeOf(another)).toBe("InvalidParameter");
  const stranger = await studio.create(bodyWith(url), { headers: RESOLVE, key: "sk-other" });
  expect(await codeOf(stranger, "sk-other")).toBe("InvalidParameter");
  const missing = await studio.create(bodyWith("oss://dashscope-instant/none"), { headers: RESOLVE });
  expect(await codeOf(missing)).toBe("InvalidParameter.DataInspection");
  expect((await studio.send(`/${policy.upload_dir}/a picture.png`)).status).toBe(404);

  studio.clock.advance(48 * 3_600_000);
  expect(await codeOf(await studio.create(bodyWith(url), { headers: RESOLVE }))).toBe("PENDING");
  studio.clock.advance(60_001);
  expect(await codeOf(await studio.create(bodyWith(url), { headers: RESOLVE }))).toBe(
    "InvalidParameter.DataInspection",
  );
  expect(await readdir(join(studio.dataDir, "uploads"))).toEqual([]);
});
