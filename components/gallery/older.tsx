"use client";

import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import type { OlderGenerations } from "./use-older-generations";

const AHEAD = "600px";

/** The end of the list: loads on before it is reached, and by a button. */
export function Older({ older }: { older: OlderGenerations }) {
  const sentinel = useRef<HTMLDivElement>(null);
  const loadMore = useRef(older.loadMore);
  loadMore.current = older.loadMore;
  const { hasMore, isLoading, hasFailed } = older;

  useEffect(() => {
    const element = sentinel.current;
    // After a failure only the person asks again.
    if (!element || !hasMore || isLoading || hasFailed) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && loadMore.current(),
      { rootMargin: AHEAD },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasMore, isLoading, hasFailed]);

  if (!hasMore) return null;
  return (
    <div ref={sentinel} className="flex flex-col items-center gap-2 py-6">
      {hasFailed && <p className="text-bad-ink text-small">The older clips did not arrive.</p>}
      <Button onClick={older.loadMore} disabled={isLoading}>
        {isLoading ? "Loading older clips" : "Show older clips"}
      </Button>
    </div>
  );
}
