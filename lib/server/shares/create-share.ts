import { AppError } from "@/lib/domain/errors";
import { newShareToken } from "@/lib/domain/ids";
import type { ShareView } from "@/lib/domain/share";
import type { Clock } from "../clock";
import type { GenerationRepository } from "../generations/generation-repository";
import { type ShareRepository, toShareView } from "./share-repository";

type ShareDesk = { shares: ShareRepository; generations: GenerationRepository; clock: Clock };

/** Makes the link to a finished clip, or answers with the one it has. */
export async function createShare(
  desk: ShareDesk,
  ownerId: string,
  generationId: string,
): Promise<ShareView> {
  const generation = await desk.generations.findOwned(ownerId, generationId);
  if (!generation) throw new AppError("not-found", "There is no such generation.");
  if (!generation.videoAssetId) throw new AppError("state-changed", "There is no clip to share yet.");
  const share = await desk.shares.insert({
    token: newShareToken(),
    ownerId,
    generationId,
    createdAt: desk.clock.now(),
  });
  return toShareView(share);
}
