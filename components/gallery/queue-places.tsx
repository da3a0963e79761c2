import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import type { GenerationView } from "@/lib/domain/generation";
import type { QueueView } from "@/lib/domain/studio";
import { paths } from "@/lib/paths";

const UNKNOWN: QueueView = { places: {}, isWorked: true };
const Queue = createContext(UNKNOWN);
/** Places move when others' clips begin and end, of which this page hears nothing. */
const ASK_AGAIN_MS = 3000;

/** Knows how far each waiting clip is from its turn; asks only while something waits. */
export function QueuePlacesProvider({
  generations,
  children,
}: {
  generations: readonly GenerationView[];
  children: ReactNode;
}) {
  const isWaiting = generations.some(({ state }) => state === "queued");
  const { data } = useQuery({
    queryKey: ["queue-places"],
    queryFn: readQueue,
    enabled: isWaiting,
    refetchInterval: ASK_AGAIN_MS,
  });
  return <Queue value={(isWaiting && data) || UNKNOWN}>{children}</Queue>;
}

async function readQueue(): Promise<QueueView> {
  const answer = await fetch(paths.queue());
  if (!answer.ok) throw new Error(`The queue was not told: ${answer.status}`);
  return answer.json();
}

/** `place`: 1 is next; null while it is not known, or where nothing stands before it. */
export function useQueuePlace(id: string): { place: number | null; isWorked: boolean } {
  const { places, isWorked } = useContext(Queue);
  return { place: places[id] ?? null, isWorked };
}
