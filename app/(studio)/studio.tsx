"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { RenderedAtProvider } from "@/components/ui/now";
import { ToastProvider } from "@/components/ui/toast";
import type { GenerationView } from "@/lib/domain/generation";
import type { StudioActions, StudioView } from "@/lib/domain/studio";
import { StudioScreen } from "./studio-screen";

export type StudioProps = {
  studio: StudioView;
  /** The generation whose address was asked for. */
  opened: GenerationView | null;
  actions: StudioActions;
  /** When the server drew the page, epoch ms. */
  renderedAt: number;
};

export function Studio({ renderedAt, ...props }: StudioProps) {
  const [queryClient] = useState(
    () => new QueryClient({ defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false } } }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <RenderedAtProvider renderedAt={renderedAt}>
        <ToastProvider>
          <StudioScreen {...props} />
        </ToastProvider>
      </RenderedAtProvider>
    </QueryClientProvider>
  );
}
