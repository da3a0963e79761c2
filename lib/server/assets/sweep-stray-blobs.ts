import type { FileKeeper } from "./keep-file";

/** Longer than any upload or save takes: a blob announced earlier belongs to a process that died. */
export const STRAY_AFTER_MS = 60 * 60 * 1000;

/**
 * Removes what a killed process left in storage without a row, and what was made from assets that are gone. Answers how
 * many files went.
 */
export async function sweepStrayBlobs({ assets, storage, clock }: FileKeeper): Promise<number> {
  const remove = (key: string) => storage.remove(key);
  const orphans = await assets.renditions.sweep(remove);
  return orphans + (await assets.sweepBlobs({ olderThan: clock.now() - STRAY_AFTER_MS }, remove));
}
