import { createHmac, timingSafeEqual } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { extname } from "node:path";
import { paths } from "@/lib/paths";
import type { Clock } from "../clock";
import type { MediaProcess } from "../media/media-process";
import type { Incoming } from "../storage/incoming";
import type { Storage } from "../storage/storage";
import type { Asset, AssetRepository } from "./asset-repository";

/** As long as a task may wait at a vendor before its files are read. */
const LINK_LIFE_MS = 24 * 60 * 60 * 1000;
const TOKEN = /^(ast_[0-9a-z]{26})-([0-9a-z]{1,11})-([A-Za-z0-9_-]{43})(\.[a-z0-9]{1,5})?$/;

/** Where a file of ours may be read from: by everybody, by this machine's own programs, or by nobody. */
export type LinkReach = "public" | "loopback" | "none";

export type MediaLinks = {
  /** Whether a vendor behind this connection can read links; `isTest`: it runs on this machine. */
  canBeReadBy(connection: { isTest: boolean }): boolean;
  /** An address of the file for this vendor, good for a day; null where it could not read it. */
  urlFor(connection: { isTest: boolean }, asset: { id: string; blobKey: string }): string | null;
  /** The asset that a token names; null alike for one that has run out, was altered or never was. */
  read(token: string): string | null;
};

/**
 * Links by which a vendor reads an input, signed so that nobody can make one, and running out by themselves. The
 * secret is for sessions; a key of its own is derived from it.
 */
export function createMediaLinks(options: {
  publicUrl: string | null;
  reach: LinkReach;
  secret: () => string;
  clock: Clock;
}): MediaLinks {
  const { publicUrl, reach, clock } = options;

  function sign(text: string): string {
    const key = createHmac("sha256", options.secret()).update("firstframe media links").digest();
    return createHmac("sha256", key).update(text).digest("base64url");
  }

  const canBeReadBy: MediaLinks["canBeReadBy"] = ({ isTest }) =>
    publicUrl !== null && (reach === "public" || (reach === "loopback" && isTest));

  return {
    canBeReadBy,

    urlFor(connection, { id, blobKey }) {
      if (publicUrl === null || !canBeReadBy(connection)) return null;
      const text = `${id}-${(clock.now() + LINK_LIFE_MS).toString(36)}`;
      // Some readers judge a file by the end of its address; it is no part of what is signed.
      return publicUrl + paths.mediaLink(`${text}-${sign(text)}${extname(blobKey)}`);
    },

    read(token) {
      const [, assetId, expiresAt, signature] = TOKEN.exec(token) ?? [];
      if (!assetId || !expiresAt || !signature) return null;
      const expected = Buffer.from(sign(`${assetId}-${expiresAt}`));
      const given = Buffer.from(signature);
      const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
      return isOurs && clock.now() < Number.parseInt(expiresAt, 36) ? assetId : null;
    },
  };
}

type Library = {
  assets: AssetRepository;
  storage: Storage;
  media: MediaProcess;
  incoming: Incoming;
  mediaLinks: MediaLinks;
};

/** A file as a vendor is to read it: where its bytes are, and what names them. */
export type LinkedFile = { storage: Storage; key: string; mediaType: string; etag: string };

/**
 * Hands `use` the file that a link names, upright and without transparency as it would go inside a call; null where the
 * link opens nothing.
 */
export async function withLinkedFile(
  library: Library,
  token: string,
  use: (file: LinkedFile | null) => Promise<void>,
): Promise<void> {
  const assetId = library.mediaLinks.read(token);
  const asset = assetId ? await library.assets.findLinked(assetId) : null;
  if (!asset) return use(null);
  if (!asset.needsFlattening) {
    const { blobKey: key, mediaType, sha256 } = asset;
    return use({ storage: library.storage, key, mediaType, etag: `"${sha256}"` });
  }
  return withFlattened(library, asset, use);
}

async function withFlattened(
  { storage, media, incoming }: Library,
  asset: Asset,
  use: (file: LinkedFile) => Promise<void>,
): Promise<void> {
  const outputPath = incoming.newPath();
  try {
    const { mediaType } = await storage.withLocalFile(asset.blobKey, (path) =>
      media.run("flatten-image", { path, outputPath }),
    );
    await use({
      storage: {
        ...storage,
        stat: async () => ({ sizeBytes: (await stat(outputPath)).size }),
        open: async (_key, range) => createReadStream(outputPath, range),
      },
      key: asset.blobKey,
      mediaType,
      etag: `"flat-${asset.sha256}"`,
    });
  } finally {
    await rm(outputPath, { force: true });
  }
}
