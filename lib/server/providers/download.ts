import { lookup } from "node:dns/promises";
import { createWriteStream } from "node:fs";
import { BlockList, isIP } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Fetch } from "./http";

/** Larger than any 15 s clip at 1080P by far. */
export const RESULT_BYTES_MAX = 1_000_000_000;

/** The link itself is at fault: the file is gone or may not be read. A fresh link may help; the same one will not. */
export class LinkError extends Error {
  override readonly name = "LinkError";
}

const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const) {
  PRIVATE.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 127],
  ["64:ff9b::", 96],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  PRIVATE.addSubnet(network, prefix, "ipv6");
}

/**
 * Refuses an address that a reply named, unless it is on the connection's own origin or a public host over https: a
 * vendor's reply must not make this server read its own network. A host that changes its address between this look
 * and the request is not covered.
 */
export async function assertPublicAddress(url: string, trustedOrigin: string): Promise<void> {
  const { origin, protocol, hostname } = new URL(url);
  if (origin === trustedOrigin) return;
  if (protocol !== "https:" && protocol !== "http:")
    throw new LinkError(`The result's address is no web address: ${protocol}`);
  const host = hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) ? [{ address: host }] : await lookup(host, { all: true });
  for (const { address } of addresses) {
    const mapped = address.replace(/^::ffff:(?=\d+\.)/i, "");
    if (PRIVATE.check(mapped, isIP(mapped) === 6 ? "ipv6" : "ipv4")) {
      throw new LinkError(`The result's address leads into a private network: ${hostname}`);
    }
  }
}

/**
 * Streams a finished file to `path` and answers its size. Throws a LinkError where the link no longer works (403, 404,
 * 410), any other error where another try may do: a file that ended early is one.
 */
export async function downloadResult(options: {
  fetch: Fetch;
  url: string;
  trustedOrigin: string;
  path: string;
  signal: AbortSignal;
}): Promise<{ sizeBytes: number }> {
  const { fetch, url, trustedOrigin, path, signal } = options;
  await assertPublicAddress(url, trustedOrigin);
  const response = await fetch(url, { redirect: "manual", signal });
  if ([403, 404, 410].includes(response.status)) {
    await response.body?.cancel();
    throw new LinkError(`The vendor answered ${response.status} for the finished file`);
  }
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel();
    throw new Error(`The vendor answered ${response.status} for the finished file`);
  }
  const announced = response.headers.get("content-length");
  let sizeBytes = 0;
  async function* counted(source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > RESULT_BYTES_MAX) throw new Error("The finished file does not end");
      yield chunk;
    }
  }
  await pipeline(Readable.from(response.body), counted, createWriteStream(path, { mode: 0o600 }), { signal });
  if (announced !== null && Number(announced) !== sizeBytes) {
    throw new Error(`The finished file was cut off: ${sizeBytes} of ${announced} bytes`);
  }
  return { sizeBytes };
}
