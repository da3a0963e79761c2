import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import type { GenerationView } from "@/lib/domain/generation";
import type { CapsView, CapUse } from "@/lib/domain/spend";
import { paths } from "@/lib/paths";

/** Others order too, and the studio's cap is theirs as well; the server has the last word in any case. */
const LOOK_AGAIN_MS = 60_000;
const TURN_MARGIN_MS = 500;

/**
 * The caps as the next order will find them: asked again when a clip that costs something is ordered, settled, failed
 * or cancelled, when the day turns, and every minute while the page is looked at. Where nothing is capped, nothing is
 * asked.
 */
export function useCaps(
  viewerKey: string,
  initial: CapsView,
  generations: readonly GenerationView[],
): { caps: readonly CapUse[]; refresh: () => void } {
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: ["caps", viewerKey],
    queryFn: ({ signal }) => askCaps(signal),
    initialData: initial,
    enabled: initial.caps.length > 0,
    // The first drawing's are fresh.
    staleTime: 1000,
    refetchOnWindowFocus: true,
    refetchInterval: ({ state }) =>
      Math.min(LOOK_AGAIN_MS, (state.data ?? initial).dayLeftMs + TURN_MARGIN_MS),
  });

  const refresh = useCallback(
    () => void client.invalidateQueries({ queryKey: ["caps", viewerKey] }),
    [client, viewerKey],
  );
  const standing = standingOf(generations);
  const lastStanding = useRef(standing);
  useEffect(() => {
    if (lastStanding.current === standing) return;
    lastStanding.current = standing;
    refresh();
  }, [standing, refresh]);

  return { caps: data.caps, refresh };
}

/** Changes with whatever changes what is spent or reserved. */
function standingOf(generations: readonly GenerationView[]): string {
  return generations
    .filter(({ connection }) => !connection.isDemo)
    .map(({ id, state, cost }) => `${id} ${state} ${cost?.amountMicro ?? ""}`)
    .join();
}

async function askCaps(signal: AbortSignal): Promise<CapsView> {
  const answer = await fetch(paths.caps(), { signal });
  if (!answer.ok) throw new Error(`The caps could not be read: ${answer.status}`);
  return answer.json();
}
