import { createHash } from "node:crypto";

/**
 * How long a task waits and runs, milliseconds of the vendor's time. The same task id gives the same answer. Samples:
 * scheduled 0 to 9.5 s after submit, done 59 to 90 s later for 5 to 10 s of film, longer for longer.
 */
export function planRun(taskId: string, durationSeconds: number): { pendingMs: number; runMs: number } {
  const digest = createHash("sha256").update(taskId).digest();
  const pending = logNormal(uniform(digest, 0), uniform(digest, 4), 8_000, 0.3);
  const run = logNormal(uniform(digest, 8), uniform(digest, 12), 55_000 + 4_000 * durationSeconds, 0.12);
  return { pendingMs: Math.round(pending), runMs: Math.round(run) };
}

function logNormal(first: number, second: number, median: number, spread: number): number {
  const normal = Math.sqrt(-2 * Math.log(first)) * Math.cos(2 * Math.PI * second);
  // Beyond two deviations a demo only tries patience.
  return median * Math.exp(spread * Math.min(2, Math.max(-2, normal)));
}

/** In (0, 1]. */
function uniform(digest: Buffer, at: number): number {
  return (digest.readUInt32BE(at) + 1) / 2 ** 32;
}
