import { isLoopbackAddress } from "../request-guard";
import type { Storage } from "../storage/storage";
import type { LinkReach, StorageLinks } from "./media-links";

/** Who reads links to this studio. With no sign-in the request guard answers to this machine alone, whatever PUBLIC_URL says. */
export function linkReach({
  publicUrl,
  signIn,
}: {
  publicUrl: string | null;
  signIn: { methods: readonly unknown[] };
}): LinkReach {
  if (publicUrl === null) return "none";
  if (isOnThisMachine(publicUrl)) return "loopback";
  return signIn.methods.length > 0 ? "public" : "none";
}

/** Links to the storage itself, null where it has none. A signature opens the bucket, so no sign-in is needed. */
export function linksOf(
  { linkFor }: Storage,
  place: { publicEndpoint: string | null } | null,
): StorageLinks | null {
  if (!linkFor || !place?.publicEndpoint) return null;
  return { linkFor, reach: isOnThisMachine(place.publicEndpoint) ? "loopback" : "public" };
}

function isOnThisMachine(url: string): boolean {
  return isLoopbackAddress(new URL(url).hostname.replace(/^\[|\]$/g, ""));
}
