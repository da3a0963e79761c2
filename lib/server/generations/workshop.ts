import type { FileKeeper } from "../assets/keep-file";
import type { MediaLinks } from "../assets/media-links";
import type { Log } from "../log";
import type { Connections } from "../providers/registry";
import type { GenerationRepository } from "./generation-repository";
import type { StartQueue } from "./start-queue";

/** All that the steps of a generation work with. */
export type Workshop = FileKeeper & {
  generations: GenerationRepository;
  connections: Connections;
  mediaLinks: MediaLinks;
  startQueue: StartQueue;
  log: Log;
  /** Aborts when the server stops, so that nobody waits for a long download. Never used for a paid start. */
  stopping: AbortSignal;
};

/** How long to wait before try number `attempt` + 1: 1 s, doubling up to `maxMs`. */
export function backoffMs(attempt: number, maxMs = 60_000): number {
  return Math.min(1000 * 2 ** Math.min(attempt, 20), maxMs);
}
