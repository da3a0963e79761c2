import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import type { GenerationView } from "@/lib/domain/generation";
import { paths } from "@/lib/paths";

const Places = createContext<Record<string, number>>({});
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
    queryFn: readPlaces,
    enabled: isWaiting,
    refetchInterval: ASK_AGAIN_MS,
  });
  return <Places value={(isWaiting && data) || {}}>{children}</Places>;
}

async function readPlaces(): Promise<Record<string, number>> {
  const answer = await fetch(paths.queue());
  if (!answer.ok) throw new Error(`The queue was not told: ${answer.status}`);
  return answer.json();
}

/** 1 is next; null while it is not known, or where nothing stands before it. */
export function useQueuePlace(id: string): number | null {
  return useContext(Places)[id] ?? null;
}
