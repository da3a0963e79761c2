"use client";

import { type FocusEvent, type KeyboardEvent, useState } from "react";
import { useNow } from "@/components/ui/now";
import { useElementWidth } from "@/components/ui/use-element-width";
import { useTimeZone } from "@/components/ui/use-time-zone";
import type { GenerationView } from "@/lib/domain/generation";
import { cardForKey } from "./card-navigation";
import { cardRatio } from "./card-ratio";
import { DaySection } from "./day-section";
import type { GalleryActions } from "./gallery-actions";
import { groupByDay } from "./group-by-day";
import { layOutDay } from "./lay-out-day";
import { Older } from "./older";
import type { OlderGenerations } from "./use-older-generations";
import { usePreview } from "./use-preview";

const GAP_PX = 10;
const MINUTE_MS = 60_000;
/** Until the browser has measured. */
const GUESSED_WIDTH_PX = 960;
const TARGET_HEIGHT_PX = 230;

/** Clips in justified rows, newest first, under their days. */
export function Gallery({
  generations,
  older,
  actions,
}: {
  generations: readonly GenerationView[];
  older: OlderGenerations;
  actions: GalleryActions;
}) {
  const [ref, measuredWidth] = useElementWidth<HTMLElement>();
  const now = useNow(MINUTE_MS);
  const timeZone = useTimeZone();
  const preview = usePreview();
  const [currentId, setCurrentId] = useState<string | null>(null);

  const days = groupByDay(generations, { now, timeZone }).map((day) => ({
    ...day,
    rows: layOutDay(day.generations, {
      widthPx: measuredWidth ?? GUESSED_WIDTH_PX,
      targetHeightPx: TARGET_HEIGHT_PX,
      gapPx: GAP_PX,
    }),
  }));
  const tabStopId = generations.some(({ id }) => id === currentId) ? currentId : (generations[0]?.id ?? null);

  function press(event: KeyboardEvent) {
    const view = focusedGeneration(event.target, generations);
    if (!view || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") actions.open(view);
    else if (event.key === " ") preview.toggle(view.id);
    else if (event.key === "r" || event.key === "R") actions.reuse(view);
    else {
      const rows = days.flatMap((day) =>
        day.rows.map((row) => row.items.map((item) => ({ id: item.id, ratio: cardRatio(item) }))),
      );
      const targetId = cardForKey(rows, view.id, event.key);
      if (targetId === null) return;
      document.querySelector<HTMLElement>(cardSelector(targetId))?.focus();
    }
    event.preventDefault();
  }

  function followFocus(event: FocusEvent) {
    const id = event.target.closest<HTMLElement>("[data-generation]")?.dataset.generation;
    if (!id) return;
    setCurrentId(id);
    if (event.target.matches("[data-generation]:focus-visible")) preview.rest(id);
  }

  return (
    <section
      ref={ref}
      aria-label="Clips"
      onKeyDown={press}
      onFocus={followFocus}
      onBlur={preview.leave}
      // There, so that its pictures load, but not shown: guessed rows would be cut anew before the eyes.
      className={measuredWidth === null ? "invisible" : ""}
    >
      {days.map((day) => (
        <DaySection
          key={day.key}
          day={day}
          gapPx={GAP_PX}
          tabStopId={tabStopId}
          preview={preview}
          actions={actions}
          all={generations}
        />
      ))}
      <Older older={older} />
    </section>
  );
}

function cardSelector(id: string): string {
  return `[data-generation="${CSS.escape(id)}"]`;
}

/** Only when the card itself is focused: its buttons have keys of their own. */
function focusedGeneration(
  target: EventTarget,
  generations: readonly GenerationView[],
): GenerationView | undefined {
  const id = target instanceof HTMLElement ? target.dataset.generation : undefined;
  return generations.find((view) => view.id === id);
}
