import type { FileKeeper } from "./keep-file";

/** Longer than any upload or save takes: a blob announced earlier belongs to a process that died. */
export const STRAY_AFTER_MS = 60 * 60 * 1000;

/** Removes what a killed process left in storage without a row. Answers how many files went. */
export async function sweepStrayBlobs({ assets, storage, clock }: FileKeeper): Promise<number> {
  return assets.sweepBlobs({ olderThan: clock.now() - STRAY_AFTER_MS }, (key) => storage.remove(key));
}
