import { createHmac, timingSafeEqual } from "node:crypto";
import { extname } from "node:path";
import { paths } from "@/lib/paths";
import type { Clock } from "../clock";
import type { Storage } from "../storage/storage";
import type { AssetRepository } from "./asset-repository";

/** As long as a task may wait at a vendor before its files are read. */
const LINK_LIFE_MS = 24 * 60 * 60 * 1000;
const TOKEN = /^((?:ast|rnd)_[0-9a-z]{26})-([0-9a-z]{1,11})-([A-Za-z0-9_-]{43})(\.[a-z0-9]{1,5})?$/;

/** Where a file of ours may be read from: by everybody, by this machine's own programs, or by nobody. */
export type LinkReach = "public" | "loopback" | "none";

/** A storage that gives links of its own, and who reaches it. */
export type StorageLinks = { linkFor: NonNullable<Storage["linkFor"]>; reach: LinkReach };

/** An asset or a rendition. */
type Linkable = { id: string; blobKey: string; mediaType: string };

export type MediaLinks = {
  /** Where the links for this vendor lead: straight to the storage, to this studio, or nowhere (null). */
  kindFor(connection: { isTest: boolean }): "storage" | "studio" | null;
  /** Whether a vendor behind this connection can read links; `isTest`: it runs on this machine. */
  canBeReadBy(connection: { isTest: boolean }): boolean;
  /** A secret address of a file for this vendor, good for a day; null where it could not read it. */
  urlFor(connection: { isTest: boolean }, file: Linkable): Promise<string | null>;
  /** The id of the asset or rendition that a token names; null alike for one that has run out, was altered or never was. */
  read(token: string): string | null;
};

/**
 * Links by which a vendor reads an input, signed so that nobody can make one, and running out by themselves. Where the
 * vendor reaches the storage they lead there, which spares the studio's line. The secret is for sessions; a key of its
 * own is derived from it.
 */
export function createMediaLinks(options: {
  publicUrl: string | null;
  reach: LinkReach;
  secret: () => string;
  clock: Clock;
  storageLinks?: StorageLinks | null;
}): MediaLinks {
  const { publicUrl, reach, clock, storageLinks = null } = options;

  function sign(text: string): string {
    const key = createHmac("sha256", options.secret()).update("firstframe media links").digest();
    return createHmac("sha256", key).update(text).digest("base64url");
  }

  const kindFor: MediaLinks["kindFor"] = (connection) => {
    if (storageLinks && reaches(storageLinks.reach, connection)) return "storage";
    return publicUrl !== null && reaches(reach, connection) ? "studio" : null;
  };

  return {
    kindFor,
    canBeReadBy: (connection) => kindFor(connection) !== null,

    async urlFor(connection, { id, blobKey, mediaType }) {
      const kind = kindFor(connection);
      if (kind === "storage" && storageLinks) {
        return storageLinks.linkFor(blobKey, { mediaType, signedAt: clock.now(), lifeMs: LINK_LIFE_MS });
      }
      if (kind === null) return null;
      const text = `${id}-${(clock.now() + LINK_LIFE_MS).toString(36)}`;
      // Some readers judge a file by the end of its address; it is no part of what is signed.
      return publicUrl + paths.mediaLink(`${text}-${sign(text)}${extname(blobKey)}`);
    },

    read(token) {
      const [, id, expiresAt, signature] = TOKEN.exec(token) ?? [];
      if (!id || !expiresAt || !signature) return null;
      const expected = Buffer.from(sign(`${id}-${expiresAt}`));
      const given = Buffer.from(signature);
      const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
      return isOurs && clock.now() < Number.parseInt(expiresAt, 36) ? id : null;
    },
  };
}

function reaches(reach: LinkReach, { isTest }: { isTest: boolean }): boolean {
  return reach === "public" || (reach === "loopback" && isTest);
}

/** A file as a vendor is to read it: where its bytes are, and what names them. */
export type LinkedFile = { key: string; mediaType: string; etag: string };

/** The file that a link names, in the form in which it would go inside a call; null where the link opens nothing. */
export async function findLinkedFile(
  { assets, mediaLinks }: { assets: AssetRepository; mediaLinks: MediaLinks },
  token: string,
): Promise<LinkedFile | null> {
  const id = mediaLinks.read(token);
  if (!id) return null;
  if (id.startsWith("rnd_")) {
    const rendition = await assets.renditions.findLinked(id);
    if (!rendition) return null;
    const { blobKey: key, mediaType, sha256, limits } = rendition;
    return { key, mediaType, etag: `"${sha256}-${limits}"` };
  }
  const asset = await assets.findLinked(id);
  return asset && { key: asset.blobKey, mediaType: asset.mediaType, etag: `"${asset.sha256}"` };
}
