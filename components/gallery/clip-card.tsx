"use client";

import { Button, buttonClass } from "@/components/ui/button";
import { cancelNote } from "@/lib/domain/cancel-note";
import { formatClock } from "@/lib/domain/clock-time";
import { generationTitle } from "@/lib/domain/generation-title";
import { paths } from "@/lib/paths";
import type { CardProps } from "./generation-card";
import { OpenLink } from "./open-link";

/** A finished clip: its poster; under the pointer, the clip itself. */
export function ClipCard({ view, actions, tabIndex, isPreviewing }: CardProps) {
  const { clip } = view;
  const note = cancelNote(view);
  if (!clip) return null;
  return (
    <div className="group relative size-full overflow-hidden rounded-card bg-stage">
      {/* biome-ignore lint/performance/noImgElement: our own preview bytes, already the right size. */}
      <img
        src={paths.assetPreview(clip.posterAssetId)}
        alt=""
        loading="lazy"
        decoding="async"
        draggable={false}
        className="absolute inset-0 size-full object-contain"
      />
      {isPreviewing && (
        <video
          src={paths.assetContent(clip.assetId)}
          muted
          loop
          playsInline
          autoPlay
          className="absolute inset-0 size-full object-contain"
        />
      )}
      <OpenLink view={view} onOpen={actions.open} />
      <span className="pointer-events-none absolute top-2 right-2 rounded-control bg-scrim px-2 py-0.5 text-caption text-on-scrim tabular-nums">
        {formatClock(clip.durationSeconds)}
      </span>
      <div className="pointer-events-none absolute bottom-2 left-2 flex max-w-[calc(100%-16px)] flex-col items-start gap-1 text-caption text-on-scrim">
        {note && <span className="rounded-control bg-scrim px-2 py-0.5">{note}</span>}
        <span className="max-w-full truncate rounded-control bg-scrim px-2 py-0.5">
          {generationTitle(view)}
        </span>
      </div>
      <div className="absolute top-2 left-2 flex flex-wrap gap-1.5 pr-16 opacity-0 transition-opacity focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:hidden">
        <Button look="on-picture" tabIndex={tabIndex} onClick={() => actions.share(view)}>
          Share
        </Button>
        <Button look="on-picture" tabIndex={tabIndex} onClick={() => actions.reuse(view)}>
          Reuse
        </Button>
        <a
          href={paths.assetDownload(clip.assetId)}
          download
          tabIndex={tabIndex}
          className={buttonClass("on-picture")}
        >
          Download
        </a>
      </div>
    </div>
  );
}
