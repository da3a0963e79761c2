import { useCallback, useEffect, useRef, useState } from "react";
import type { GenerationView } from "@/lib/domain/generation";
import type { GenerationPage } from "@/lib/domain/studio";
import { createLastingSilence } from "./lasting-silence";
import { type BrowserPlace, openLiveStream } from "./live-stream";
import { mergeGenerations } from "./merge-generations";

export type LiveGenerations = {
  /** Newest first. */
  generations: readonly GenerationView[];
  /** False while the studio cannot be heard. */
  isConnected: boolean;
  /** Takes in what came another way: an action's answer, an older page. */
  add: (views: readonly GenerationView[]) => void;
};

/** The gallery's rows, kept up to date by the studio's events. */
export function useLiveGenerations(page: GenerationPage, viewerKey: string): LiveGenerations {
  const [generations, setGenerations] = useState<readonly GenerationView[]>(() =>
    mergeGenerations([], page.generations),
  );
  const [isConnected, setConnected] = useState(true);
  const known = useRef(generations);
  known.current = generations;

  const add = useCallback((views: readonly GenerationView[]) => {
    setGenerations((current) => mergeGenerations(current, views));
  }, []);

  const { highWaterId } = page;
  useEffect(() => {
    const silence = createLastingSilence(setConnected);
    const close = openLiveStream(thisBrowser(), {
      name: `firstframe:live:${viewerKey}`,
      after: highWaterId,
      known: () => known.current,
      onGenerations: add,
      onConnected: silence.note,
    });
    return () => {
      close();
      silence.end();
    };
  }, [viewerKey, highWaterId, add]);

  return { generations, isConnected, add };
}

function thisBrowser(): BrowserPlace {
  return {
    // Missing where the address is not a secure one.
    locks: "locks" in navigator ? navigator.locks : undefined,
    openChannel: "BroadcastChannel" in window ? (name) => new BroadcastChannel(name) : undefined,
    openSource: (url) => new EventSource(url),
    document,
  };
}
