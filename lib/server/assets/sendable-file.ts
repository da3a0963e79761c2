import { rm, stat } from "node:fs/promises";
import type { Slot } from "@/lib/domain/models/model";
import type { MediaProcess } from "../media/media-process";
import type { Asset } from "./asset-repository";
import { renditionKeyFor } from "./blob-key";
import type { FileKeeper } from "./keep-file";

/** A stored file in the form in which it goes to a vendor. `id` is the asset's own, or that of a rendition of it. */
export type SendableFile = { id: string; blobKey: string; mediaType: string; sizeBytes: number };

/** How a file is made to fit. Equal `limits` mean equal bytes. */
type Needed = {
  limits: string;
  make: (media: MediaProcess, paths: { path: string; outputPath: string }) => Promise<{ mediaType: string }>;
};

/**
 * The asset as the slot takes it: itself where it fits, else upright, opaque and within the slot's bytes (a picture), or
 * without the padding past the slot's last second (sound, clip). It is made once per content and limits and kept.
 * Throws MediaError with blame `input` where it cannot be made to fit.
 */
export async function sendableFile(
  keeper: FileKeeper,
  asset: Asset,
  slot: Slot | undefined,
): Promise<SendableFile> {
  const needed = slot ? neededFor(asset, slot) : null;
  if (!needed) return asset;
  const known = await keeper.assets.renditions.find(asset.sha256, needed.limits);
  // Without its bytes (a partial restore) it is made again.
  if (known && (await keeper.storage.stat(known.blobKey))) return known;
  return keepMade(keeper, asset, needed);
}

function neededFor(asset: Asset, slot: Slot): Needed | null {
  if (slot.kind === "image") {
    if (!asset.needsFlattening) return null;
    const limits = { sizeBytesMax: slot.bytesMax, sidePxMin: slot.sidePx[0] };
    return {
      limits: `flat-${limits.sizeBytesMax}-${limits.sidePxMin}`,
      make: (media, paths) => media.run("flatten-image", { ...paths, ...limits }),
    };
  }
  const [, secondsMax] = slot.seconds;
  if (asset.durationSeconds === null || asset.durationSeconds <= secondsMax) return null;
  return {
    limits: `cut-${secondsMax}`,
    make: (media, paths) => media.run("cut-end", { ...paths, secondsMax }),
  };
}

async function keepMade(
  { assets, storage, media, incoming, clock }: FileKeeper,
  { blobKey, sha256 }: Asset,
  { limits, make }: Needed,
): Promise<SendableFile> {
  const outputPath = incoming.newPath();
  try {
    const { mediaType } = await storage.withLocalFile(blobKey, (path) => make(media, { path, outputPath }));
    const { size: sizeBytes } = await stat(outputPath);
    const key = renditionKeyFor(sha256, limits, mediaType);
    const announcedId = await assets.announceBlob(key, clock.now());
    try {
      await storage.put(key, outputPath);
      const made = { sha256, limits, mediaType, sizeBytes, blobKey: key };
      return await assets.renditions.insert(made, announcedId, clock.now());
    } catch (error) {
      await assets.sweepBlobs({ announcedIds: [announcedId] }, (stray) => storage.remove(stray));
      throw error;
    }
  } finally {
    await rm(outputPath, { force: true });
  }
}
