"use client";

import { useRef } from "react";
import type { ClipView } from "@/lib/domain/generation";
import { paths } from "@/lib/paths";
import { Transport } from "./transport";
import { useFilm } from "./use-film";
import { usePlayerKeys } from "./use-player-keys";

/** The film and its transport. */
export function VideoPlayer({ clip, title }: { clip: ClipView; title: string }) {
  const film = useFilm(clip.durationSeconds);
  const frame = useRef<HTMLDivElement>(null);

  function toggleFullscreen() {
    const change = document.fullscreenElement
      ? document.exitFullscreen()
      : frame.current?.requestFullscreen?.();
    // Not every browser lets a page fill the screen.
    change?.catch(() => {});
  }

  usePlayerKeys((command) => {
    switch (command.type) {
      case "toggle-play":
        return film.togglePlay();
      case "step-frames":
        return film.stepFrames(command.frames);
      case "to-edge":
        return film.seekFrame(command.edge === "first" ? 0 : film.lastFrame);
      case "toggle-loop":
        return film.setLooping(!film.isLooping);
      case "toggle-mute":
        return film.setSound({ ...film.sound, isMuted: !film.sound.isMuted });
      case "toggle-fullscreen":
        return toggleFullscreen();
    }
  });

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields.
    <div
      ref={frame}
      data-player-focus
      // biome-ignore lint/a11y/noNoninteractiveTabindex: where the focus lands when it opens.
      tabIndex={0}
      role="group"
      aria-label={`Player: ${title}`}
      className="flex min-h-0 flex-1 flex-col bg-room outline-none focus-visible:[&_video]:outline-2"
    >
      <div className="flex min-h-0 flex-1 items-center justify-center">
        {film.isBroken ? (
          <p className="p-10 text-center text-bad-ink">
            This browser could not play the file. It can still be downloaded.
          </p>
        ) : (
          // biome-ignore lint/a11y/useMediaCaption: the films come without words to caption.
          <video
            ref={film.ref}
            src={paths.assetContent(clip.assetId)}
            poster={paths.assetContent(clip.posterAssetId)}
            width={clip.width}
            height={clip.height}
            loop={film.isLooping}
            playsInline
            preload="auto"
            onClick={film.togglePlay}
            aria-label={title}
            className="h-auto max-h-full w-auto max-w-full max-lg:max-h-[calc(100dvh-220px)] rounded-card bg-stage object-contain outline-line-strong outline-offset-2"
            style={{ aspectRatio: `${clip.width} / ${clip.height}` }}
          />
        )}
      </div>
      <Transport film={film} onFullscreen={toggleFullscreen} />
    </div>
  );
}
