"use client";

import { Button } from "@/components/ui/button";
import { useNow } from "@/components/ui/now";
import { cancelNote } from "@/lib/domain/cancel-note";
import { formatAgo, formatClock } from "@/lib/domain/clock-time";
import type { GenerationView } from "@/lib/domain/generation";
import { canCancel } from "@/lib/domain/generation";
import { statusTitle } from "@/lib/domain/generation-status";
import { FramePicture } from "./frame-picture";
import type { CardProps } from "./generation-card";
import { OpenLink } from "./open-link";
import { useQueuePlace } from "./queue-places";

/** On its way: its own first frame, blurred, and what is known. Never a bar that pretends to know more. */
export function InFlightCard({ view, actions, tabIndex, usualSeconds, usualWords }: CardProps) {
  const now = useNow(1000);
  const place = useQueuePlace(view.id);
  const elapsedSeconds = Math.max(0, (now - view.createdAt) / 1000);
  const note = cancelNote(view);
  const isPastUsual = usualSeconds !== null && elapsedSeconds > usualSeconds;
  return (
    <div className="relative flex size-full flex-col items-center justify-center overflow-hidden rounded-card bg-stage p-3 text-center text-on-scrim">
      <FramePicture view={view} />
      <OpenLink view={view} onOpen={actions.open} />
      <div className="pointer-events-none relative flex w-full flex-col items-center">
        <p className="font-semibold text-body">{statusTitle(view)}</p>
        {usualSeconds !== null && !isPastUsual && (
          <div className="mt-2.5 h-0.5 w-[min(120px,80%)] overflow-hidden rounded-full bg-on-scrim/25">
            <div className="h-full bg-lamp" style={{ width: `${(elapsedSeconds / usualSeconds) * 100}%` }} />
          </div>
        )}
        <p className="mt-2 text-caption text-on-scrim-muted tabular-nums">
          {[
            placeWords(view, place),
            formatClock(elapsedSeconds),
            isPastUsual ? "longer than usual" : usualWords,
          ]
            .filter((part) => part !== null)
            .join(" · ")}
        </p>
        {view.state === "running" && view.lastCheckedAt !== null && (
          <p className="text-caption text-on-scrim-muted tabular-nums">
            checked {formatAgo((now - view.lastCheckedAt) / 1000)}
          </p>
        )}
        {(view.state === "queued" || view.state === "saving") && view.failure && (
          <p className="mt-1 text-caption text-on-scrim-muted">{view.failure.title}. It is tried again.</p>
        )}
        {note && <p className="mt-1 max-w-80 text-caption text-on-scrim">{note}</p>}
      </div>
      {canCancel(view) && (
        <Button
          look="on-picture"
          tabIndex={tabIndex}
          onClick={() => void actions.cancel(view)}
          className="relative mt-3"
        >
          Cancel
        </Button>
      )}
    </div>
  );
}

/** A clip that only waits for its own turn is sent in a moment: it has nothing to say. */
function placeWords({ state, failure }: GenerationView, place: number | null): string | null {
  if (state !== "queued" || failure || place === null) return null;
  return place === 1 ? "next in line" : `number ${place} in line`;
}
