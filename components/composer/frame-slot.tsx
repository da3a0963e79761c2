"use client";

import { useState } from "react";
import { slotLabel } from "@/lib/domain/asset";
import type { SlotName } from "@/lib/domain/models/model";
import { paths } from "@/lib/paths";
import type { SlotContent } from "./draft";

/** How much an empty place asks for its file. */
export type SlotNeed = "needed" | "optional";

/** One place on the strip: empty it invites, filled it shows the picture, on its way it shows how far. */
export function FrameSlot({
  name,
  content,
  need,
  hint,
  isAside = false,
  isWanted,
  describedBy,
  onChoose,
  onClear,
  onRetry,
  onGone,
}: {
  name: SlotName;
  content: SlotContent | undefined;
  need: SlotNeed;
  /** How it can be filled. */
  hint: string;
  /** It stays with the draft, but this mode does not send it. */
  isAside?: boolean;
  /** A file hangs over the page and would land here. */
  isWanted: boolean;
  describedBy: string | undefined;
  onChoose: () => void;
  onClear: () => void;
  onRetry: () => void;
  onGone: (fileName: string) => void;
}) {
  const label = slotLabel(name);
  const picture = content && name !== "firstClip" ? pictureUrl(content) : null;
  const isSlim = !content && need === "optional";
  return (
    <div data-slot={name} className={`group/slot relative h-28 shrink-0 ${isSlim ? "w-18" : "w-22"}`}>
      <button
        type="button"
        onClick={onChoose}
        aria-label={content ? `Replace the ${label}` : undefined}
        aria-describedby={describedBy}
        className={`relative flex size-full items-center justify-center overflow-hidden rounded-control border text-caption transition-colors ${
          isWanted
            ? "border-lamp-ink bg-lifted"
            : content
              ? "border-line-strong bg-raised"
              : "border-line-strong border-dashed bg-raised hover:bg-lifted"
        }`}
      >
        {picture ? (
          <Thumbnail
            key={picture.url}
            url={picture.url}
            isDim={content?.status !== "ready" || isAside}
            onBroken={() => picture.isStored && onGone(picture.fileName)}
          />
        ) : (
          <span className="px-1.5 text-center text-muted">
            {content ? "Choose another" : <EmptyWords label={label} need={need} hint={hint} />}
          </span>
        )}
        {content?.status === "uploading" && <UploadProgress label={label} fraction={content.fraction} />}
        {picture && content?.status === "ready" && (
          <span
            aria-hidden="true"
            className="absolute bottom-1.5 left-1.5 rounded-control bg-scrim px-1.5 py-0.5 text-caption text-on-scrim"
          >
            {isAside ? "Not used" : label.split(" ")[0]?.replace(/^./u, (letter) => letter.toUpperCase())}
          </span>
        )}
      </button>
      {content && (
        <SlotButton
          onClick={onClear}
          isAlwaysShown={content.status !== "ready"}
          label={content.status === "uploading" ? `Cancel the upload of the ${label}` : `Remove the ${label}`}
        >
          {content.status === "uploading" ? "Cancel" : "Remove"}
        </SlotButton>
      )}
      {content?.status === "stopped" && content.canRetry && (
        <button
          type="button"
          onClick={onRetry}
          className="absolute inset-x-1 bottom-1 min-h-8 rounded-control bg-scrim text-caption text-on-scrim hover:text-lamp"
        >
          Send again
        </button>
      )}
    </div>
  );
}

function EmptyWords({ label, need, hint }: { label: string; need: SlotNeed; hint: string }) {
  return (
    <>
      <span
        className={`block first-letter:uppercase ${need === "needed" ? "font-semibold text-ink" : "text-ink"}`}
      >
        {label}
      </span>
      <span className="mt-1 block">{hint}</span>
    </>
  );
}

function pictureUrl(content: SlotContent): { url: string; isStored: boolean; fileName: string } | null {
  if (content.status !== "ready") {
    return content.localUrl === null
      ? null
      : { url: content.localUrl, isStored: false, fileName: content.fileName };
  }
  const { assetId, fileName } = content.input;
  return content.localUrl === null
    ? { url: paths.assetPreview(assetId), isStored: true, fileName }
    : { url: content.localUrl, isStored: false, fileName };
}

function Thumbnail({ url, isDim, onBroken }: { url: string; isDim: boolean; onBroken: () => void }) {
  const [isBroken, setBroken] = useState(false);
  if (isBroken) return null;
  return (
    // biome-ignore lint/performance/noImgElement: our own preview bytes, already the right size.
    <img
      src={url}
      alt=""
      draggable={false}
      onError={() => {
        setBroken(true);
        onBroken();
      }}
      className={`max-h-full max-w-full bg-paper transition-opacity ${isDim ? "opacity-50" : ""}`}
    />
  );
}

function UploadProgress({ label, fraction }: { label: string; fraction: number }) {
  const percent = Math.round(fraction * 100);
  return (
    <span className="absolute inset-x-1.5 bottom-1.5 rounded-control bg-scrim px-1.5 py-1 text-left text-caption text-on-scrim tabular-nums">
      {fraction < 1 ? `${percent} %` : "Checking"}
      <span
        role="progressbar"
        aria-label={`Upload of the ${label}`}
        aria-valuenow={percent}
        className="mt-1 block h-0.5 overflow-hidden rounded-full bg-on-scrim/25"
      >
        <span className="block h-full bg-lamp" style={{ width: `${percent}%` }} />
      </span>
    </span>
  );
}

function SlotButton({
  label,
  isAlwaysShown,
  onClick,
  children,
}: {
  label: string;
  isAlwaysShown: boolean;
  onClick: () => void;
  children: string;
}) {
  return (
    <button
      type="button"
      onClick={onClick}
      aria-label={label}
      className={`absolute top-1 right-1 min-h-8 rounded-control bg-scrim px-2 text-caption text-on-scrim transition-opacity hover:text-lamp focus-visible:opacity-100 group-hover/slot:opacity-100 pointer-coarse:opacity-100 ${isAlwaysShown ? "" : "opacity-0"}`}
    >
      {children}
    </button>
  );
}
