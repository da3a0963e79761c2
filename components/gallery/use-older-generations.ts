import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { GenerationView } from "@/lib/domain/generation";
import type { GenerationPage } from "@/lib/domain/studio";
import { paths } from "@/lib/paths";

export type OlderGenerations = {
  hasMore: boolean;
  isLoading: boolean;
  hasFailed: boolean;
  loadMore: () => void;
};

/** Fetches the gallery's older pages, one at a time. */
export function useOlderGenerations(
  firstBefore: string | null,
  onLoaded: (views: readonly GenerationView[]) => void,
): OlderGenerations {
  const [before, setBefore] = useState(firstBefore);
  const { mutate, isPending, isError } = useMutation({
    mutationFn: fetchPage,
    onSuccess: (page) => {
      onLoaded(page.generations);
      setBefore(page.nextBefore);
    },
  });
  return {
    hasMore: before !== null,
    isLoading: isPending,
    hasFailed: isError,
    loadMore: () => {
      if (before !== null && !isPending) mutate(before);
    },
  };
}

async function fetchPage(before: string): Promise<GenerationPage> {
  const response = await fetch(paths.generations(before));
  if (!response.ok) throw new Error(`the older page answered ${response.status}`);
  return response.json();
}
