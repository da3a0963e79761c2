import { randomUUID } from "node:crypto";
import { POLICY_LIFE_SECONDS, UPLOAD_SIZE_MB_MAX } from "./limits";
import type { Signer } from "./signing";
import { StoreError, signatureMismatch } from "./xml-reply";

/** Who may put what where; the policy carries it to the upload, signed, so that nothing is kept in between. */
export type UploadGrant = { accountId: string; model: string; uploadDir: string; expiresAt: number };

type PolicyDocument = { expiration: string; conditions: unknown[]; grant: UploadGrant };

/** The `data` of a getPolicy reply. (Upload reference, "Get a policy".) */
export function grantUpload(
  signer: Signer,
  {
    accountId,
    model,
    now,
    uploadHost,
  }: { accountId: string; model: string; now: number; uploadHost: string },
) {
  const day = new Date(now).toISOString().slice(0, 10);
  const uploadDir = `dashscope-instant/${accountId}/${day}/${randomUUID()}`;
  const expiresAt = now + POLICY_LIFE_SECONDS * 1000;
  const document: PolicyDocument = {
    expiration: new Date(expiresAt).toISOString(),
    conditions: [
      ["content-length-range", 0, UPLOAD_SIZE_MB_MAX * 2 ** 20],
      ["starts-with", "$key", uploadDir],
    ],
    grant: { accountId, model, uploadDir, expiresAt },
  };
  const policy = Buffer.from(JSON.stringify(document)).toString("base64");
  return {
    policy,
    signature: signer.sign(policy),
    upload_dir: uploadDir,
    upload_host: uploadHost,
    expire_in_seconds: POLICY_LIFE_SECONDS,
    max_file_size_mb: UPLOAD_SIZE_MB_MAX,
    capacity_limit_mb: 999_999_999,
    oss_access_key_id: signer.accessKeyId,
    x_oss_object_acl: "private",
    x_oss_forbid_overwrite: "true",
  };
}

/** What a form's fields entitle to. Throws a StoreError when they are not ours, not for this key, or too old. */
export function checkGrant(
  signer: Signer,
  fields: Map<string, string>,
  now: number,
): UploadGrant & { key: string } {
  const policy = required(fields, "policy");
  const key = required(fields, "key");
  const accessKeyId = required(fields, "OSSAccessKeyId");
  if (accessKeyId !== signer.accessKeyId) {
    throw new StoreError(
      403,
      "InvalidAccessKeyId",
      "The OSS Access Key Id you provided does not exist in our records.",
    );
  }
  if (!signer.isSignatureOf(policy, required(fields, "Signature"))) throw signatureMismatch();
  const { grant } = JSON.parse(Buffer.from(policy, "base64").toString()) as PolicyDocument;
  if (now > grant.expiresAt) {
    throw new StoreError(403, "AccessDenied", "Invalid according to Policy: Policy expired.");
  }
  if (!key.startsWith(`${grant.uploadDir}/`)) {
    const condition = `["starts-with", "$key", "${grant.uploadDir}"]`;
    throw new StoreError(
      403,
      "AccessDenied",
      `Invalid according to Policy: Policy Condition failed: ${condition}`,
    );
  }
  return { ...grant, key };
}

function required(fields: Map<string, string>, name: string): string {
  const value = fields.get(name);
  if (!value) throw new StoreError(400, "InvalidArgument", `The ${name} field is missing from the form.`);
  return value;
}
