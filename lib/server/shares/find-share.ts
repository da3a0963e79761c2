import type { ShareView } from "@/lib/domain/share";
import { type ShareRepository, toShareView } from "./share-repository";

/** The link that a generation of the owner's has, if it has one. */
export async function findShare(
  desk: { shares: ShareRepository },
  ownerId: string,
  generationId: string,
): Promise<ShareView | null> {
  const share = await desk.shares.findByGeneration(ownerId, generationId);
  return share && toShareView(share);
}
