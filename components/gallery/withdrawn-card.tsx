"use client";

import { Button } from "@/components/ui/button";
import { statusTitle } from "@/lib/domain/generation-status";
import { generationTitle } from "@/lib/domain/generation-title";
import type { CardProps } from "./generation-card";

/** Taken back before there was a clip: a line of words, since there is nothing to look at. */
export function WithdrawnCard({ view, actions, tabIndex }: CardProps) {
  return (
    <div className="flex size-full flex-wrap items-center gap-x-4 gap-y-1 rounded-card border border-line bg-panel py-2 pr-2 pl-4 text-small">
      <h3 className="font-semibold">{statusTitle(view)}</h3>
      <p className="min-w-0 flex-[1_1_96px] truncate text-muted">“{generationTitle(view)}”</p>
      <p>
        {view.submittedAt === null
          ? "It was not sent. Nothing was charged."
          : "It was ended at the provider before a film was made. Nothing was charged."}
      </p>
      <div className="flex flex-wrap gap-1">
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
