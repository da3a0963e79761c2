"use client";

import type { GenerationView } from "@/lib/domain/generation";
import { lookOf, statusTitle } from "@/lib/domain/generation-status";
import { generationTitle } from "@/lib/domain/generation-title";
import { formatUsualWait, usualWait, waitKindOf } from "@/lib/domain/usual-wait";
import { cardRatio } from "./card-ratio";
import type { GalleryActions } from "./gallery-actions";
import { GenerationCard } from "./generation-card";
import { type Day, dayWords } from "./group-by-day";
import type { Row } from "./justify-rows";
import type { Preview } from "./use-preview";

/** One day: its heading with count and spend, and its rows. */
export function DaySection({
  day,
  gapPx,
  tabStopId,
  preview,
  actions,
  all,
}: {
  day: Day & { rows: Row<GenerationView>[] };
  gapPx: number;
  tabStopId: string | null;
  preview: Preview;
  actions: GalleryActions;
  /** The whole history, from which the usual waiting time is read. */
  all: readonly GenerationView[];
}) {
  const headingId = `day-${day.key}`;
  return (
    <section aria-labelledby={headingId} className="mb-6">
      <div className="mb-2 flex items-baseline justify-between gap-4 text-muted text-small">
        <h2 id={headingId}>{day.label}</h2>
        <p className="text-balance text-right tabular-nums">{dayWords(day)}</p>
      </div>
      {day.rows.map((row) => (
        <div
          key={row.items.map(({ id }) => id).join()}
          className="card-row flex"
          style={{
            gap: gapPx,
            marginBottom: gapPx,
            width: `min(100%, ${row.widthPx}px)`,
            containIntrinsicBlockSize: `auto ${row.heightPx}px`,
          }}
        >
          {/* Holds the row's height as a share of its width; unlike aspect-ratio it lets a card with many words grow. */}
          <span
            aria-hidden="true"
            style={{ paddingBottom: `${(row.heightPx / row.widthPx) * 100}%`, marginRight: -gapPx }}
          />
          {row.items.map((view) => {
            const usual = lookOf(view) === "in-flight" ? usualWait(all, waitKindOf(view)) : null;
            return (
              <article
                key={view.id}
                data-generation={view.id}
                tabIndex={view.id === tabStopId ? 0 : -1}
                aria-label={`${generationTitle(view)}, ${statusTitle(view)}`}
                onPointerEnter={(event) => event.pointerType === "mouse" && preview.rest(view.id)}
                onPointerLeave={preview.leave}
                // The ring lies inside: a row that may be skipped while out of sight cuts off what reaches beyond it.
                className="relative min-w-0 rounded-card outline-none after:pointer-events-none after:absolute after:inset-0 after:rounded-card focus-visible:after:border-2 focus-visible:after:border-lamp"
                style={{ flex: `${cardRatio(view)} 1 0` }}
              >
                <GenerationCard
                  view={view}
                  actions={actions}
                  tabIndex={view.id === tabStopId ? 0 : -1}
                  isPreviewing={preview.id === view.id}
                  usualSeconds={usual?.highSeconds ?? null}
                  usualWords={usual && formatUsualWait(usual)}
                />
              </article>
            );
          })}
        </div>
      ))}
    </section>
  );
}
