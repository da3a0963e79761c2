import { lookup } from "node:dns/promises";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
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
  ["224.0.0.0", 3],
] as const) {
  PRIVATE.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  PRIVATE.addSubnet(network, prefix, "ipv6");
}

const REDIRECTS_MAX = 3;

/**
 * Refuses an address that a reply named, unless it is on the connection's own origin or on a public host: a vendor's
 * reply must not make this server read its own network. Names may resolve to 198.18.0.0/15, which local proxies use
 * for every name. A host that changes its address between this look and the request is not covered.
 */
export async function assertPublicAddress(url: string, trustedOrigin: string): Promise<void> {
  const { origin, protocol, hostname } = new URL(url);
  if (origin === trustedOrigin) return;
  if (protocol !== "https:" && protocol !== "http:") {
    throw new LinkError(`The address is no web address: ${protocol}`);
  }
  const host = hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) ? [{ address: host }] : await lookup(host, { all: true });
  if (addresses.some(({ address }) => isPrivate(address))) {
    throw new LinkError(`The address leads into a private network: ${hostname}`);
  }
}

function isPrivate(address: string): boolean {
  const plain = embeddedIpv4(address) ?? address;
  return PRIVATE.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

/** The IPv4 address inside `::ffff:a.b.c.d`, or inside `64:ff9b::` as networks without IPv4 answer for every name. */
function embeddedIpv4(address: string): string | null {
  const dotted = /^(?:::ffff:|64:ff9b::)(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (dotted) return dotted;
  const [, high, low] = /^(?:::ffff:|64:ff9b::)([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(address) ?? [];
  if (!high || !low) return null;
  const bits = (Number.parseInt(high, 16) * 0x10000 + Number.parseInt(low, 16)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
}

/**
 * Streams a finished file to `path`, which exists only once the file is whole. Throws a LinkError where the link no
 * longer works (403, 404, 410), any other error where another try may do: a file that ended early is one.
 */
export async function downloadResult(options: {
  fetch: Fetch;
  url: string;
  trustedOrigin: string;
  path: string;
  signal: AbortSignal;
}): Promise<void> {
  const { path, signal } = options;
  const response = await openFile(options);
  const announced = response.headers.get("content-length");
  const partPath = `${path}.part`;
  let sizeBytes = 0;
  async function* counted(source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > RESULT_BYTES_MAX) throw new Error("The finished file does not end");
      yield chunk;
    }
  }
  try {
    await pipeline(
      Readable.from(response.body ?? []),
      counted,
      createWriteStream(partPath, { mode: 0o600 }),
      {
        signal,
      },
    );
    if (announced !== null && Number(announced) !== sizeBytes) {
      throw new Error(`The finished file was cut off: ${sizeBytes} of ${announced} bytes`);
    }
    await rename(partPath, path);
  } catch (error) {
    await rm(partPath, { force: true });
    throw error;
  }
}

async function openFile({
  fetch,
  url,
  trustedOrigin,
  signal,
}: Parameters<typeof downloadResult>[0]): Promise<Response> {
  let address = url;
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
    await assertPublicAddress(address, trustedOrigin);
    // Encoded bytes would not be of the announced length.
    const response = await fetch(address, {
      redirect: "manual",
      signal,
      headers: { "Accept-Encoding": "identity" },
    });
    if (response.status === 200) return response;
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location) {
      address = new URL(location, address).href;
      continue;
    }
    const words = `The vendor answered ${response.status} for the finished file`;
    throw [403, 404, 410].includes(response.status) ? new LinkError(words) : new Error(words);
  }
  throw new Error("The finished file's address leads in circles");
}
