import type { ShareRepository } from "./share-repository";

/** Takes a link back; it and every file behind it answer 404 from now on. Taking it back twice is fine. */
export async function revokeShare(
  desk: { shares: ShareRepository },
  ownerId: string,
  token: string,
): Promise<null> {
  await desk.shares.remove(ownerId, token);
  return null;
}
