"use client";

import { formatFrameTime } from "./frame-time";

/** A range input does the work, for hand and keyboard; what is drawn lies under it. */
export function SeekBar({
  frame,
  lastFrame,
  onSeek,
}: {
  frame: number;
  lastFrame: number;
  onSeek: (frame: number) => void;
}) {
  const percent = lastFrame === 0 ? 0 : (frame / lastFrame) * 100;
  return (
    <div className="group relative flex h-6 items-center pointer-coarse:h-10">
      <div className="h-1 w-full overflow-hidden rounded-full bg-lifted transition-[height] group-hover:h-1.5">
        <div className="h-full bg-lamp" style={{ width: `${percent}%` }} />
      </div>
      <span
        aria-hidden="true"
        className="-translate-x-1/2 pointer-events-none absolute size-3 rounded-full bg-lamp group-has-focus-visible:outline-2 group-has-focus-visible:outline-ink group-has-focus-visible:outline-offset-2"
        style={{ left: `${percent}%` }}
      />
      <input
        type="range"
        aria-label="Time"
        aria-valuetext={`${formatFrameTime(frame)}, frame ${frame}`}
        min={0}
        max={lastFrame}
        step={1}
        value={frame}
        onChange={(event) => onSeek(Number(event.target.value))}
        className="absolute inset-0 size-full cursor-pointer opacity-0"
      />
    </div>
  );
}
