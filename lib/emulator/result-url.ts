import type { Signer } from "./signing";
import { StoreError, signatureMismatch } from "./xml-reply";

/** An address like OSS's: whoever has it may read, until it expires. */
export function resultUrl(signer: Signer, origin: string, path: string, expiresAt: number): string {
  const expires = String(Math.floor(expiresAt / 1000));
  const query = new URLSearchParams({
    Expires: expires,
    OSSAccessKeyId: signer.accessKeyId,
    Signature: signer.sign(stringToSign(path, expires)),
  });
  return `${origin}${path}?${query}`;
}

/** Throws a StoreError when the address is forged or too old. */
export function checkResultUrl(signer: Signer, url: URL, now: number): void {
  const expires = url.searchParams.get("Expires") ?? "";
  if (!signer.isSignatureOf(stringToSign(url.pathname, expires), url.searchParams.get("Signature") ?? "")) {
    throw signatureMismatch();
  }
  const expiresAt = Number(expires) * 1000;
  if (now > expiresAt) {
    throw new StoreError(403, "AccessDenied", "Request has expired.", {
      Expires: new Date(expiresAt).toISOString(),
      ServerTime: new Date(now).toISOString(),
    });
  }
}

function stringToSign(path: string, expires: string): string {
  return `GET\n\n\n${expires}\n${path}`;
}
