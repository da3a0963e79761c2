import type { QueueView } from "@/lib/domain/studio";
import type { Clock } from "../clock";
import type { StartQueue } from "../generations/start-queue";
import { type BeatRepository, isBeating } from "./beat-repository";

/** How the owner's waiting clips stand, and whether anybody works on them at all. */
export async function describeQueue(
  { startQueue, beats, clock }: { startQueue: StartQueue; beats: BeatRepository; clock: Clock },
  ownerId: string,
): Promise<QueueView> {
  const [places, workerBeats] = await Promise.all([startQueue.placesOf(ownerId), beats.listWorkerBeats()]);
  const now = clock.now();
  return { places, isWorked: workerBeats.some((at) => isBeating(at, now)) };
}
