import { UPLOAD_SIZE_MB_MAX } from "./limits";
import { readForm } from "./read-form";
import type { Signer } from "./signing";
import { checkGrant } from "./upload-policy";
import type { UploadStore } from "./upload-store";
import { escapeXml, StoreError } from "./xml-reply";

const SIZE_BYTES_MAX = UPLOAD_SIZE_MB_MAX * 2 ** 20;

/** The form POST to `upload_host`. (Upload reference, "Upload the file".) The details of failures are those of OSS. */
export async function receiveUpload(
  request: Request,
  { signer, uploads, now }: { signer: Signer; uploads: UploadStore; now: () => number },
): Promise<Response> {
  const { fields, file } = await readForm(request);
  const { accountId, model, key } = checkGrant(signer, fields, now());
  const upload = { key, accountId, model, uploadedAt: now() };
  if (!(await uploads.put(upload, bounded(file)))) {
    throw new StoreError(
      409,
      "FileAlreadyExists",
      "The object you specified already exists and can not be overwritten.",
    );
  }
  return successReply(fields.get("success_action_status"), key);
}

async function* bounded(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let sizeBytes = 0;
  for await (const chunk of file) {
    sizeBytes += chunk.length;
    if (sizeBytes > SIZE_BYTES_MAX) {
      throw new StoreError(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size.");
    }
    yield chunk;
  }
}

// Without the field OSS answers 204, which the vendor's own SDK takes for a failure.
function successReply(status: string | undefined, key: string): Response {
  if (status === "200") return new Response("", { status: 200 });
  if (status !== "201") return new Response(null, { status: 204 });
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>\n  <Key>${escapeXml(key)}</Key>\n</PostResponse>\n`;
  return new Response(body, { status: 201, headers: { "content-type": "application/xml" } });
}
