"use client";

import type { ReactNode } from "react";
import { Glyph } from "@/components/ui/glyph";
import { formatFrameTime } from "./frame-time";
import { SeekBar } from "./seek-bar";
import type { Film } from "./use-film";

const SPEEDS = [0.25, 0.5, 1, 1.5, 2];

export function Transport({ film, onFullscreen }: { film: Film; onFullscreen: () => void }) {
  const { sound } = film;
  return (
    <div className="shrink-0 pt-3">
      <SeekBar frame={film.frame} lastFrame={film.lastFrame} onSeek={film.seekFrame} />
      <div className="mt-1 flex flex-wrap items-center gap-x-1 gap-y-1">
        <GlyphButton label={film.isPlaying ? "Pause" : "Play"} onClick={film.togglePlay}>
          <Glyph shape={film.isPlaying ? "pause" : "play"} />
        </GlyphButton>
        <GlyphButton label="One frame back" onClick={() => film.stepFrames(-1)}>
          <Glyph shape="frame-back" />
        </GlyphButton>
        <GlyphButton label="One frame on" onClick={() => film.stepFrames(1)}>
          <Glyph shape="frame-on" />
        </GlyphButton>
        <span className="ml-2 whitespace-nowrap text-small tabular-nums">
          {formatFrameTime(film.frame)}
          <span className="ml-2 text-muted">frame {film.frame}</span>
        </span>
        <div className="ml-auto flex items-center gap-1">
          <label className="flex items-center">
            <span className="sr-only">Speed</span>
            <select
              value={film.speed}
              onChange={(event) => film.setSpeed(Number(event.target.value))}
              className="min-h-8 rounded-control bg-room px-2 text-small tabular-nums hover:bg-raised pointer-coarse:min-h-11"
            >
              {SPEEDS.map((speed) => (
                <option key={speed} value={speed}>
                  {speed}×
                </option>
              ))}
            </select>
          </label>
          <button
            type="button"
            aria-pressed={film.isLooping}
            onClick={() => film.setLooping(!film.isLooping)}
            className={`min-h-8 rounded-control px-2 text-small hover:bg-raised pointer-coarse:min-h-11 ${film.isLooping ? "text-lamp-ink" : "text-muted"}`}
          >
            Loop
          </button>
          <GlyphButton
            label={sound.isMuted ? "Sound on" : "Sound off"}
            onClick={() => film.setSound({ ...sound, isMuted: !sound.isMuted })}
          >
            <Glyph shape={sound.isMuted ? "sound-off" : "sound-on"} />
          </GlyphButton>
          <input
            type="range"
            aria-label="Volume"
            data-own-keys
            min={0}
            max={1}
            step={0.05}
            value={sound.isMuted ? 0 : sound.volume}
            onChange={(event) => {
              const volume = Number(event.target.value);
              film.setSound({ volume, isMuted: volume === 0 });
            }}
            className="h-8 w-20 accent-lamp max-sm:hidden"
          />
          <GlyphButton label="Fullscreen" onClick={onFullscreen}>
            <Glyph shape="fullscreen" />
          </GlyphButton>
        </div>
      </div>
    </div>
  );
}

function GlyphButton({
  label,
  onClick,
  children,
}: {
  label: string;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onClick}
      className="inline-flex size-9 items-center justify-center rounded-control text-ink transition-colors hover:bg-raised pointer-coarse:size-11"
    >
      {children}
    </button>
  );
}
