import type { GenerationRepository } from "./generation-repository";

export const LEASE_MS = 15_000;

/** Runs `work` while keeping its row leased; the lease runs out by itself when the process dies. */
export async function keepLeased<Value>(
  generations: GenerationRepository,
  id: string,
  holder: string,
  now: () => number,
  work: () => Promise<Value>,
): Promise<Value> {
  const timer = setInterval(() => {
    // A renewal that fails only lets the lease run out; the version check still guards every write.
    generations.renewLease(id, { holder, until: now() + LEASE_MS }).catch(() => {});
  }, LEASE_MS / 3);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
