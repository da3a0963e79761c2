import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { LinkError } from "./link-error";

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
