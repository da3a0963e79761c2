"use client";

import { slotLabel } from "@/lib/domain/asset";
import type { SlotName } from "@/lib/domain/models/model";
import type { SlotContent } from "./draft";
import { fileNameOf } from "./held-file";

const BUTTON =
  "min-h-8 shrink-0 rounded-control px-2 text-muted text-small transition-colors hover:bg-raised hover:text-ink pointer-coarse:min-h-11";

/** A file that lies along the seconds: its name, what becomes of it, and how it can be changed. */
export function FileLine({
  name,
  content,
  words,
  onChoose,
  onClear,
  onRetry,
}: {
  name: SlotName;
  content: SlotContent;
  /** What becomes of it; empty while that is not known. */
  words: string;
  onChoose: () => void;
  onClear: () => void;
  onRetry: () => void;
}) {
  const label = slotLabel(name);
  const isUploading = content.status === "uploading";
  return (
    <div data-slot={name} className="mt-1 flex items-center gap-1 text-small">
      <p className="flex min-w-0 flex-1 flex-wrap gap-x-1.5 tabular-nums">
        <span className="flex min-w-0 max-w-full gap-1.5">
          <span className="truncate">{fileNameOf(content)}</span>
          {words !== "" && <span className="text-muted">·</span>}
        </span>
        {words !== "" && <span className="text-muted">{words}</span>}
      </p>
      {isUploading && <UploadWords label={label} fraction={content.fraction} />}
      {content.status === "stopped" && content.canRetry && (
        <button type="button" onClick={onRetry} className={`${BUTTON} text-lamp-ink`}>
          Send again
        </button>
      )}
      {!isUploading && (
        <button type="button" onClick={onChoose} aria-label={`Replace the ${label}`} className={BUTTON}>
          Replace
        </button>
      )}
      <button
        type="button"
        onClick={onClear}
        aria-label={isUploading ? `Cancel the upload of the ${label}` : `Remove the ${label}`}
        className={`${BUTTON} -mr-2`}
      >
        {isUploading ? "Cancel" : "Remove"}
      </button>
    </div>
  );
}

function UploadWords({ label, fraction }: { label: string; fraction: number }) {
  const percent = Math.round(fraction * 100);
  return (
    <span
      role="progressbar"
      aria-label={`Upload of the ${label}`}
      aria-valuenow={percent}
      className="shrink-0 text-caption text-muted tabular-nums"
    >
      {fraction < 1 ? `${percent} %` : "Checking"}
    </span>
  );
}
