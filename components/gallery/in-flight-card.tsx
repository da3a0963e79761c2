"use client";

import { Button } from "@/components/ui/button";
import { useNow } from "@/components/ui/now";
import { cancelNote } from "@/lib/domain/cancel-note";
import { formatAgo } from "@/lib/domain/clock-time";
import { canCancel } from "@/lib/domain/generation";
import { statusTitle } from "@/lib/domain/generation-status";
import { FramePicture } from "./frame-picture";
import type { CardProps } from "./generation-card";
import { OpenLink } from "./open-link";
import { useQueuePlace } from "./queue-places";
import { waitLine } from "./wait-line";

/** On its way: its own first frame, blurred, and what is known. Never a bar that pretends to know more. */
export function InFlightCard({ view, actions, tabIndex, usualSeconds, usualWords }: CardProps) {
  const now = useNow(1000);
  const place = useQueuePlace(view.id);
  const elapsedSeconds = Math.max(0, (now - view.createdAt) / 1000);
  const note = cancelNote(view);
  const { words, usualShare } = waitLine(view, { place, elapsedSeconds, usualSeconds, usualWords });
  return (
    <div className="relative flex size-full flex-col items-center justify-center overflow-hidden rounded-card bg-stage p-3 text-center text-on-scrim">
      <FramePicture view={view} />
      <OpenLink view={view} onOpen={actions.open} />
      <div className="pointer-events-none relative flex w-full flex-col items-center">
        <p className="font-semibold text-body">{statusTitle(view)}</p>
        {usualShare !== null && (
          <div className="mt-2.5 h-0.5 w-[min(120px,80%)] overflow-hidden rounded-full bg-on-scrim/25">
            <div className="h-full bg-lamp" style={{ width: `${usualShare * 100}%` }} />
          </div>
        )}
        <p className="mt-2 text-caption text-on-scrim-muted tabular-nums">{words}</p>
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
