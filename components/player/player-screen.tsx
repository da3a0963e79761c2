"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { Button, buttonClass } from "@/components/ui/button";
import type { GenerationView } from "@/lib/domain/generation";
import { generationTitle } from "@/lib/domain/generation-title";
import { paths } from "@/lib/paths";
import { GenerationFacts } from "./generation-facts";
import { VideoPlayer } from "./video-player";

/** One generation, over the gallery. Closing it gives the focus back to where it was. */
export function PlayerScreen({
  view,
  pending,
  onClose,
  onShare,
  onReuse,
}: {
  view: GenerationView;
  /** What stands in the film's place while there is none. */
  pending: ReactNode;
  onClose: () => void;
  onShare: () => void;
  onReuse: () => void;
}) {
  const screen = useRef<HTMLDivElement>(null);
  const title = generationTitle(view);
  const hasClip = view.clip !== null;

  useEffect(() => {
    const { overflow } = document.body.style;
    document.body.style.overflow = "hidden";
    return () => {
      document.body.style.overflow = overflow;
    };
  }, []);

  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    function press(event: KeyboardEvent) {
      // A dialog that lies above takes the key for itself; leaving fullscreen does, too.
      const isTaken = document.querySelector("dialog[open]") || document.fullscreenElement;
      if (event.key === "Escape" && !event.defaultPrevented && !isTaken) close.current();
    }
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);

  useEffect(() => {
    const before = document.title;
    document.title = `${title} · Firstframe`;
    return () => {
      document.title = before;
    };
  }, [title]);

  // Also when a clip takes the place of a card that was watched.
  useEffect(() => {
    const target = hasClip
      ? screen.current?.querySelector<HTMLElement>("[data-player-focus]")
      : screen.current;
    target?.focus({ preventScroll: true });
  }, [hasClip]);

  return (
    <div
      ref={screen}
      role="dialog"
      aria-modal="true"
      aria-label={title}
      tabIndex={-1}
      className="fixed inset-0 z-30 overflow-y-auto overscroll-contain bg-room outline-none"
    >
      <div className="mx-auto max-w-[1400px] px-4 pb-10 lg:px-6">
        <div className="flex h-[calc(100dvh-72px)] min-h-120 flex-col max-lg:h-auto max-lg:min-h-0">
          <header className="flex h-13 shrink-0 items-center gap-2">
            <Button look="quiet" onClick={onClose} className="-ml-3">
              Back <kbd className="font-mono text-caption pointer-coarse:hidden">Esc</kbd>
            </Button>
            <h2 className="min-w-0 flex-1 truncate text-center text-small max-sm:invisible">{title}</h2>
            <div className="flex shrink-0 gap-2">
              <Button onClick={onReuse}>
                <span className="sm:hidden">Reuse</span>
                <span className="max-sm:hidden">Reuse settings</span>
              </Button>
              {view.clip && (
                <>
                  <a href={paths.assetDownload(view.clip.assetId)} download className={buttonClass()}>
                    Download
                  </a>
                  <Button look="primary" onClick={onShare}>
                    Share
                  </Button>
                </>
              )}
            </div>
          </header>
          {view.clip ? (
            <VideoPlayer key={view.clip.assetId} clip={view.clip} title={title} />
          ) : (
            <div className="flex min-h-80 flex-1 items-center justify-center py-4">{pending}</div>
          )}
        </div>
        <GenerationFacts view={view} />
      </div>
    </div>
  );
}
