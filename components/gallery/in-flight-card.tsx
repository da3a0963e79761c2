"use client";

import { Button } from "@/components/ui/button";
import { useNow } from "@/components/ui/now";
import { cancelNote } from "@/lib/domain/cancel-note";
import { formatAgo } from "@/lib/domain/clock-time";
import { statusTitle } from "@/lib/domain/generation-status";
import { generationTitle } from "@/lib/domain/generation-title";
import { formatMoney } from "@/lib/domain/money";
import { FramePicture } from "./frame-picture";
import type { CardProps } from "./generation-card";
import { OpenLink } from "./open-link";
import { useQueuePlace } from "./queue-places";
import { waitLine } from "./wait-line";

/** On its way: its own first frame, blurred, and what is known. Never a bar that pretends to know more. */
export function InFlightCard({ view, actions, tabIndex, usualSeconds, usualWords }: CardProps) {
  const now = useNow(1000);
  const { place, isWorked } = useQueuePlace(view.id);
  const elapsedSeconds = Math.max(0, (now - view.createdAt) / 1000);
  const note = cancelNote(view);
  const title = generationTitle(view);
  const { words, usualShare } = waitLine(view, { place, isWorked, elapsedSeconds, usualSeconds, usualWords });
  return (
    <div className="relative flex size-full flex-col gap-3 overflow-hidden rounded-card bg-stage p-2 text-on-scrim">
      <FramePicture view={view} />
      <OpenLink view={view} onOpen={actions.open} />
      <div className="pointer-events-none relative flex w-full flex-1 flex-col items-center justify-center pt-2 text-center">
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
          <p className="mt-1 w-full break-words text-caption text-on-scrim-muted">
            {view.failure.title}. It is tried again.
          </p>
        )}
        {note && <p className="mt-1 max-w-80 text-caption text-on-scrim">{note}</p>}
        {actions.offersCancel(view) && (
          <Button
            look="on-picture"
            tabIndex={tabIndex}
            aria-label={`Cancel “${title}”`}
            onClick={() => void actions.cancel(view)}
            className="pointer-events-auto mt-3"
          >
            Cancel
          </Button>
        )}
      </div>
      <div className="pointer-events-none relative flex flex-wrap items-end justify-between gap-1 text-caption">
        {/* Where the finished clip has its name, so that nothing moves when it comes. */}
        <p className="flex min-w-0 flex-[1_1_128px]">
          <span className="rounded-control bg-scrim px-2 py-0.5">
            <span className="line-clamp-2 wrap-anywhere">{title}</span>
          </span>
        </p>
        {view.price && (
          <p className="ml-auto rounded-control bg-scrim px-2 py-0.5 tabular-nums">
            {view.connection.isDemo && "would cost "}
            {formatMoney(view.price)}
          </p>
        )}
      </div>
    </div>
  );
}
