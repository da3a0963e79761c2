import { afterAll, describe, expect, test } from "vitest";
import { makePicture } from "@/tests/fixtures/media/make-picture";
import { AGENT, CREATE, GET_HEADERS, POST_HEADERS, pythonBody, type Served, serve } from "./sdk-wire";
import { startMedia } from "./start-emulator";

const media = startMedia();
afterAll(() => media.close());

describe("local files", () => {
  const boundary = "ea9f1d7a2c";
  const part = (name: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

  /** The form in the SDK's order and with its headers: no Authorization, one file, last. */
  async function upload({ send }: Served, policy: Record<string, string>) {
    const key = `${policy.upload_dir}/frame.png`;
    const fields = {
      OSSAccessKeyId: policy.oss_access_key_id,
      Signature: policy.signature,
      policy: policy.policy,
      key,
      "x-oss-object-acl": policy.x_oss_object_acl,
      "x-oss-forbid-overwrite": policy.x_oss_forbid_overwrite,
      success_action_status: "200",
      "x-oss-content-type": "image/png",
    };
    const head = Object.entries(fields).map(([name, value]) => part(name, String(value)));
    const file = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="frame.png"\r\nContent-Type: image/png\r\n\r\n`;
    const body = Buffer.concat([
      Buffer.from(head.join("") + file),
      await makePicture(320, 240).png().toBuffer(),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    const headers = {
      "user-agent": AGENT,
      Accept: "application/json",
      Date: new Date().toUTCString(),
      "Content-Type": `multipart/form-data; boundary=${boundary}`,
      "Content-Length": String(body.length),
    };
    return { key, reply: await send("POST", String(policy.upload_host), headers, body) };
  }

  const policyOf = async ({ send }: Served) =>
    (await send("GET", "/api/v1/uploads?action=getPolicy&model=wan2.7-i2v", GET_HEADERS)).json().data;

  test("a policy is 200 with its data, for a host that may be this one over plain http", async () => {
    const served = await serve(media);
    const policy = await policyOf(served);
    expect(policy.upload_host).toBe(`${served.origin}/uploads`);
    expect(policy.x_oss_forbid_overwrite).toBe("true");
  });

  test("the form is answered 200 with an empty body, and its oss:// address is good with the resolve header only", async () => {
    const served = await serve(media);
    const { key, reply } = await upload(served, await policyOf(served));
    expect([reply.status, reply.text]).toEqual([200, ""]);
    const input = { prompt: "[demo:internal-error]", media: [{ type: "first_frame", url: `oss://${key}` }] };
    const body = await pythonBody({ input });
    const headers = { ...POST_HEADERS, "X-DashScope-OssResourceResolve": "enable" };
    const made = (await served.send("POST", CREATE, headers, body)).json().output.task_id;
    expect((await served.send("GET", `/api/v1/tasks/${made}`, GET_HEADERS)).json().output.task_status).toBe(
      "PENDING",
    );
    const refused = await served.send("POST", CREATE, POST_HEADERS, body);
    expect([refused.status, refused.json().code]).toEqual([400, "InvalidParameter.DataInspection"]);
  });

  test("ten files go up at once, one policy each", async () => {
    const served = await serve(media);
    const uploads = await Promise.all(
      Array.from({ length: 10 }, async () => upload(served, await policyOf(served))),
    );
    expect(uploads.map(({ reply }) => reply.status)).toEqual(Array(10).fill(200));
    expect(new Set(uploads.map(({ key }) => key)).size).toBe(10);
  });

  test("policies are given a hundred times a second for each model, and then not", async () => {
    const { send } = await serve(media);
    const ask = async (model: string) =>
      (await send("GET", `/api/v1/uploads?action=getPolicy&model=${model}`, GET_HEADERS)).status;
    for (let count = 0; count < 100; count++) expect(await ask("wan2.7-i2v")).toBe(200);
    expect(await ask("wan2.7-i2v")).toBe(429);
    expect(await ask("wan2.6-i2v")).toBe(200);
  });
});
