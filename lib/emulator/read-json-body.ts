import { REQUEST_SIZE_BYTES_MAX } from "./limits";
import { VendorError } from "./vendor-error";

/** The request's body as a JSON object, never holding more than the limit. Throws a VendorError for anything else. */
export async function readJsonBody(request: Request): Promise<Record<string, unknown>> {
  const text = await readText(request);
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body))
      return body as Record<string, unknown>;
  } catch {
    // Falls through: a body that is no JSON and one that is no object are the same refusal.
  }
  throw new VendorError("InvalidParameter", "Required body invalid, please check the request body format.");
}

async function readText(request: Request): Promise<string> {
  const tooLarge = () => new VendorError("BadRequest.TooLarge", "Payload Too Large");
  if (Number(request.headers.get("content-length") ?? 0) > REQUEST_SIZE_BYTES_MAX) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > REQUEST_SIZE_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
