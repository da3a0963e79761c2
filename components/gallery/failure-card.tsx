"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { FailureAdvice } from "@/lib/domain/failure";
import { statusTitle } from "@/lib/domain/generation-status";
import { generationTitle } from "@/lib/domain/generation-title";
import { FailureDetails } from "./failure-details";
import type { CardProps } from "./generation-card";
import { RetryButton } from "./retry-button";

// The same again is offered only where it can end differently.
const CAN_RETRY_UNCHANGED: Record<FailureAdvice, boolean> = {
  retry: true,
  "retry-later": true,
  "ask-operator": true,
  "change-and-retry": false,
  decide: false,
};

/** Says what failed and why, whether money is gone and what to press. It stays until it is put away. */
export function FailureCard({ view, actions, tabIndex }: CardProps) {
  const [showsDetails, setShowsDetails] = useState(false);
  const { failure } = view;
  const canRetry = CAN_RETRY_UNCHANGED[failure?.advice ?? "retry"];
  return (
    <div className="flex size-full flex-col gap-2 rounded-card border border-bad-line bg-bad p-4">
      <div className="flex items-start justify-between gap-2">
        <h3 className="font-semibold text-bad-ink text-body">{statusTitle(view)}</h3>
        <Button
          look="quiet"
          tabIndex={tabIndex}
          onClick={() => void actions.dismiss(view)}
          className="-mt-1.5 -mr-2"
        >
          Dismiss
        </Button>
      </div>
      {failure && <p className="text-small">{failure.explanation}</p>}
      <p className="truncate text-muted text-small">“{generationTitle(view)}”</p>
      <div className="mt-auto flex flex-wrap gap-2 pt-2">
        {canRetry && <RetryButton view={view} actions={actions} tabIndex={tabIndex} />}
        <Button tabIndex={tabIndex} onClick={() => actions.reuse(view)}>
          Change and retry
        </Button>
        {failure?.raw && (
          <Button tabIndex={tabIndex} onClick={() => setShowsDetails(true)}>
            Details
          </Button>
        )}
      </div>
      {showsDetails && failure && <FailureDetails failure={failure} onClose={() => setShowsDetails(false)} />}
    </div>
  );
}
