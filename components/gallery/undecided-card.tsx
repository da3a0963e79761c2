"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { cancelNote } from "@/lib/domain/cancel-note";
import type { TaskCandidate } from "@/lib/domain/failure";
import { closableAt } from "@/lib/domain/generation";
import { statusTitle } from "@/lib/domain/generation-status";
import { generationTitle } from "@/lib/domain/generation-title";
import { FailureDetails } from "./failure-details";
import type { CardProps } from "./generation-card";

const ASKING_WORDS = {
  "too-early": "The vendor may still answer. It can be closed some minutes after it was sent.",
  sure: "Closed, it counts as failed and is not followed any more. If the vendor took it, its bill shows it, and until that is known it stays counted as held.",
};

/** Perhaps accepted, perhaps billed: nobody but the person can say which task it is, or that it is over. */
export function UndecidedCard({ view, actions, tabIndex }: CardProps) {
  const [asking, setAsking] = useState<keyof typeof ASKING_WORDS | null>(null);
  const [showsDetails, setShowsDetails] = useState(false);
  const { failure } = view;
  const note = cancelNote(view);
  const candidates = failure?.candidates ?? [];
  return (
    <div className="flex size-full flex-col gap-2 rounded-card border border-line-strong bg-panel p-4">
      <h3 className="font-semibold text-body text-lamp-ink">{statusTitle(view)}</h3>
      <p className="text-small">
        {asking
          ? ASKING_WORDS[asking]
          : (failure?.explanation ??
            "It was sent, but no clear answer came back. It may have been taken, and charged.")}
      </p>
      <p className="truncate text-muted text-small">“{generationTitle(view)}”</p>
      {!asking && note && <p className="text-muted text-small">{note}</p>}
      <div className="mt-auto flex flex-wrap gap-2 pt-2">
        {asking === "sure" && (
          <Button look="danger" tabIndex={tabIndex} onClick={() => void actions.closeUnconfirmed(view)}>
            Close it for good
          </Button>
        )}
        {asking && (
          <Button tabIndex={tabIndex} onClick={() => setAsking(null)}>
            Keep it
          </Button>
        )}
        {!asking &&
          candidates.map((candidate, index) => (
            <Button
              key={candidate.taskId}
              tabIndex={tabIndex}
              onClick={() => void actions.takeOverTask(view, candidate.taskId)}
            >
              {`Take task ${index + 1}${madeWhen(candidate, view.submittedAt)}`}
            </Button>
          ))}
        {!asking && (
          <Button
            tabIndex={tabIndex}
            onClick={() => setAsking(Date.now() < closableAt(view) ? "too-early" : "sure")}
          >
            Close it
          </Button>
        )}
        {failure && (failure.raw || candidates.length > 0) && !asking && (
          <Button tabIndex={tabIndex} onClick={() => setShowsDetails(true)}>
            Details
          </Button>
        )}
      </div>
      {showsDetails && failure && <FailureDetails failure={failure} onClose={() => setShowsDetails(false)} />}
    </div>
  );
}

/** Twins differ in nothing else: `, made 2 s after this was sent`. */
function madeWhen({ createdAt }: TaskCandidate, sentAt: number | null): string {
  if (createdAt === null || sentAt === null) return "";
  const seconds = Math.round((createdAt - sentAt) / 1000);
  if (seconds === 0) return ", made as this was sent";
  return `, made ${Math.abs(seconds)} s ${seconds < 0 ? "before" : "after"} this was sent`;
}
