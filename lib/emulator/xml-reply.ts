import { randomUUID } from "node:crypto";

/** An error of the object store (OSS), which speaks XML where the API speaks JSON. */
export class StoreError extends Error {
  override readonly name = "StoreError";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, string> = {},
  ) {
    super(message);
  }
}

export const noSuchKey = () => new StoreError(404, "NoSuchKey", "The specified key does not exist.");
export const signatureMismatch = () =>
  new StoreError(
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
  );

export function xmlErrorReply({ status, code, message, details }: StoreError): Response {
  const requestId = randomUUID().replaceAll("-", "").slice(0, 24).toUpperCase();
  const lines = Object.entries({ Code: code, Message: message, RequestId: requestId, ...details }).map(
    ([name, value]) => `  <${name}>${escapeXml(value)}</${name}>`,
  );
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n${lines.join("\n")}\n</Error>\n`;
  return new Response(body, {
    status,
    headers: { "content-type": "application/xml", "x-oss-request-id": requestId },
  });
}

export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
