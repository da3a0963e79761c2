"use client";

import { type PointerEvent, useRef } from "react";
import { slotLabel } from "@/lib/domain/asset";
import type { SlotName } from "@/lib/domain/models/model";
import { slotsOfMode } from "./draft";
import { thumbnailUrl } from "./slot-content";
import type { ComposerHandle } from "./use-composer";

const DRAG_PX = 36;

/** The closed sheet: what would be made, in a glance. Pressing or dragging it opens the whole form. */
export function ComposerSummary({
  composer,
  isOpen,
  onToggle,
  onChoose,
}: {
  composer: ComposerHandle;
  isOpen: boolean;
  onToggle: (isOpen: boolean) => void;
  onChoose: (slot: SlotName) => void;
}) {
  const { model, mode, state } = composer;
  const { parameters, media } = state.draft;
  const dragStart = useRef<number | null>(null);
  const [firstSlot] = slotsOfMode(model, mode);
  const content = firstSlot && media[firstSlot];
  const url = thumbnailUrl(content);

  function drag(event: PointerEvent) {
    if (dragStart.current === null) return;
    const moved = event.clientY - dragStart.current;
    if (Math.abs(moved) < DRAG_PX) return;
    dragStart.current = null;
    onToggle(moved < 0);
  }

  return (
    <div
      onPointerDown={(event) => {
        dragStart.current = event.clientY;
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        dragStart.current = null;
      }}
      className="touch-none px-4 pt-1 lg:hidden"
    >
      <button
        type="button"
        aria-expanded={isOpen}
        aria-label={isOpen ? "Close the form" : "Open the form"}
        onClick={() => onToggle(!isOpen)}
        className="mx-auto flex h-6 w-24 items-center justify-center pointer-coarse:h-8"
      >
        <span className="h-1 w-10 rounded-full bg-line-strong" />
      </button>
      {!isOpen && (
        <div className="flex items-center gap-3">
          {firstSlot && (
            <button
              type="button"
              onClick={() => (content ? onToggle(true) : onChoose(firstSlot))}
              aria-label={content ? "Open the form" : `Add a ${slotLabel(firstSlot)}`}
              className={`h-15 w-12 shrink-0 overflow-hidden rounded-control border border-line-strong bg-raised text-muted ${content ? "text-caption" : "border-dashed text-title"}`}
            >
              {url ? <Picture url={url} /> : content ? "Clip" : "+"}
            </button>
          )}
          <button type="button" onClick={() => onToggle(true)} className="min-h-11 min-w-0 flex-1 text-left">
            <span className={`line-clamp-2 text-small ${parameters.prompt === "" ? "text-muted" : ""}`}>
              {parameters.prompt === "" ? "What should happen?" : parameters.prompt}
            </span>
            <span className="mt-0.5 block text-caption text-muted tabular-nums">
              {model.label} · {parameters.resolution} · {parameters.durationSeconds} s
            </span>
          </button>
        </div>
      )}
    </div>
  );
}

function Picture({ url }: { url: string }) {
  // biome-ignore lint/performance/noImgElement: our own preview bytes, already the right size.
  return <img src={url} alt="" draggable={false} className="size-full bg-paper object-cover" />;
}
