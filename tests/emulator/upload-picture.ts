import { expect } from "vitest";
import { makePicture } from "@/tests/fixtures/media/make-picture";
import { KEY, readReply, type startEmulator } from "./start-emulator";

type Studio = Pick<Awaited<ReturnType<typeof startEmulator>>, "send" | "emulator">;

export async function policyFor({ send }: Studio, model = "wan2.7-i2v", key = KEY) {
  const reply = await readReply(await send(`/api/v1/uploads?action=getPolicy&model=${model}`, { key }));
  expect(reply.status).toBe(200);
  return reply.body.data as Record<string, string>;
}

/** The form in the order of the vendor's SDK. */
export function formOf(
  policy: Record<string, string>,
  content: Uint8Array,
  change: Record<string, string | null> = {},
) {
  const form = new FormData();
  const fields: Record<string, string | null | undefined> = {
    OSSAccessKeyId: policy.oss_access_key_id,
    Signature: policy.signature,
    policy: policy.policy,
    key: `${policy.upload_dir}/a picture.png`,
    "x-oss-object-acl": policy.x_oss_object_acl,
    "x-oss-forbid-overwrite": policy.x_oss_forbid_overwrite,
    success_action_status: "200",
    "x-oss-content-type": "image/png",
    ...change,
  };
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
  form.append("file", new Blob([content as Uint8Array<ArrayBuffer>]), "a picture.png");
  return form;
}

export const sendForm = ({ emulator }: Studio, policy: Record<string, string>, form: FormData) =>
  emulator.handler(new Request(policy.upload_host as string, { method: "POST", body: form }));
export const picture = () => makePicture(300, 240).png().toBuffer();

/** Puts a picture into the emulator's store for a model, and returns its address. */
export async function uploadPicture(studio: Studio, model: string): Promise<string> {
  const policy = await policyFor(studio, model);
  await sendForm(studio, policy, formOf(policy, await picture()));
  return `oss://${policy.upload_dir}/a picture.png`;
}
