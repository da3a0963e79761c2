"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { cancelNote } from "@/lib/domain/cancel-note";
import { statusTitle } from "@/lib/domain/generation-status";
import { generationTitle } from "@/lib/domain/generation-title";
import { FailureDetails } from "./failure-details";
import type { CardProps } from "./generation-card";

/** Perhaps accepted, perhaps billed: nobody but the person can say that it is over. */
export function UndecidedCard({ view, actions, tabIndex }: CardProps) {
  const [isAsking, setAsking] = useState(false);
  const [showsDetails, setShowsDetails] = useState(false);
  const { failure } = view;
  const note = cancelNote(view);
  return (
    <div className="flex size-full flex-col gap-2 rounded-card border border-line-strong bg-panel p-4">
      <h3 className="font-semibold text-body text-lamp-ink">{statusTitle(view)}</h3>
      <p className="text-small">
        {isAsking
          ? "Closed, it counts as failed and is not followed any more. If the vendor took it, its bill shows it."
          : (failure?.explanation ??
            "It was sent, but no clear answer came back. It may have been taken, and charged.")}
      </p>
      <p className="truncate text-muted text-small">“{generationTitle(view)}”</p>
      {!isAsking && note && <p className="text-muted text-small">{note}</p>}
      <div className="mt-auto flex flex-wrap gap-2 pt-2">
        {isAsking ? (
          <>
            <Button look="danger" tabIndex={tabIndex} onClick={() => void actions.closeUnconfirmed(view)}>
              Close it for good
            </Button>
            <Button tabIndex={tabIndex} onClick={() => setAsking(false)}>
              Keep it
            </Button>
          </>
        ) : (
          <Button tabIndex={tabIndex} onClick={() => setAsking(true)}>
            Close it
          </Button>
        )}
        {failure?.raw && !isAsking && (
          <Button tabIndex={tabIndex} onClick={() => setShowsDetails(true)}>
            Details
          </Button>
        )}
      </div>
      {showsDetails && failure && <FailureDetails failure={failure} onClose={() => setShowsDetails(false)} />}
    </div>
  );
}
