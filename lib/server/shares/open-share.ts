import { SHARED_CLIP_TITLE, type SharedClipView } from "@/lib/domain/share";
import type { Asset, AssetRepository } from "../assets/asset-repository";
import type { GenerationRepository } from "../generations/generation-repository";
import type { ShareRepository } from "./share-repository";

type ShareHall = { shares: ShareRepository; generations: GenerationRepository; assets: AssetRepository };

export type OpenedShare = { view: SharedClipView; video: Asset; poster: Asset };

/** What a token opens; null alike for one that was taken back and one that never was. */
export async function openShare(hall: ShareHall, token: string): Promise<OpenedShare | null> {
  const share = await hall.shares.findByToken(token);
  if (!share) return null;
  const generation = await hall.generations.findOwned(share.ownerId, share.generationId);
  if (!generation?.videoAssetId || !generation.posterAssetId) return null;
  const video = await hall.assets.find(share.ownerId, generation.videoAssetId);
  const poster = await hall.assets.find(share.ownerId, generation.posterAssetId);
  if (!video || !poster) return null;
  return {
    view: {
      title: SHARED_CLIP_TITLE,
      width: video.width ?? 0,
      height: video.height ?? 0,
      durationSeconds: video.durationSeconds ?? 0,
      sizeBytes: video.sizeBytes,
      isDemo: generation.connection.isDemo,
    },
    video,
    poster,
  };
}
