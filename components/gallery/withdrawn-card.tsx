"use client";

import { Button } from "@/components/ui/button";
import { statusTitle } from "@/lib/domain/generation-status";
import { generationTitle } from "@/lib/domain/generation-title";
import type { CardProps } from "./generation-card";

/** Taken back before there was a clip. */
export function WithdrawnCard({ view, actions, tabIndex }: CardProps) {
  return (
    <div className="flex size-full flex-col gap-2 rounded-card border border-line bg-panel p-4">
      <h3 className="font-semibold text-body">{statusTitle(view)}</h3>
      <p className="text-small">
        {view.submittedAt === null
          ? "It was not sent. Nothing was charged."
          : "It was ended at the provider before a film was made. Nothing was charged."}
      </p>
      <p className="truncate text-muted text-small">“{generationTitle(view)}”</p>
      <div className="mt-auto flex flex-wrap gap-2 pt-2">
        <Button tabIndex={tabIndex} onClick={() => actions.reuse(view)}>
          Use its settings
        </Button>
        <Button look="quiet" tabIndex={tabIndex} onClick={() => void actions.dismiss(view)}>
          Dismiss
        </Button>
      </div>
    </div>
  );
}
