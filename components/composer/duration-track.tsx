"use client";

import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { nearest } from "./draft";

/** From here on the words have no room beside the handle and lie on the film. */
const NEAR_END_SHARE = 0.6;
const LABEL_EVERY_SECONDS = 5;

/**
 * The seconds of the film: a tick a second up to the longest the model makes, and a handle to drag. The part that will
 * be filmed is lit by the first frame itself.
 */
export function DurationTrack({
  values,
  value,
  pictureUrl,
  onChange,
}: {
  values: readonly number[];
  value: number;
  pictureUrl: string | null;
  onChange: (seconds: number) => void;
}) {
  const track = useRef<HTMLDivElement>(null);
  const last = values.at(-1) ?? value;
  const share = value / last;
  const percent = `${share * 100}%`;
  const isNearEnd = share > NEAR_END_SHARE;

  function follow(event: PointerEvent) {
    const box = track.current?.getBoundingClientRect();
    if (!box || box.width === 0) return;
    onChange(nearest(values, ((event.clientX - box.left) / box.width) * last));
  }

  return (
    <div className="min-w-0 flex-1 select-none pr-2">
      <div
        ref={track}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          follow(event);
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) follow(event);
        }}
        className="relative h-28 cursor-ew-resize touch-pan-y"
      >
        <div className="absolute inset-0 overflow-hidden rounded-control border border-line bg-raised">
          <div
            className={`absolute inset-y-0 left-0 overflow-hidden ${pictureUrl ? "bg-stage" : "bg-lifted"}`}
            style={{ width: percent }}
          >
            {pictureUrl && <FirstLight pictureUrl={pictureUrl} />}
          </div>
          <Ticks last={last} />
        </div>
        <span
          className={`pointer-events-none absolute top-1/2 -translate-y-1/2 whitespace-nowrap text-small tabular-nums ${
            isNearEnd ? "-translate-x-1/2 rounded-control bg-scrim px-1.5 py-0.5 text-on-scrim" : "text-ink"
          }`}
          style={{ left: isNearEnd ? `${share * 50}%` : `calc(${percent} + 14px)` }}
        >
          {value} seconds
        </span>
        <div
          role="slider"
          tabIndex={0}
          aria-label="Duration"
          aria-valuemin={values[0]}
          aria-valuemax={last}
          aria-valuenow={value}
          aria-valuetext={`${value} seconds`}
          onKeyDown={(event) => {
            const wanted = valueForKey(event, values, value);
            if (wanted === null) return;
            event.preventDefault();
            onChange(wanted);
          }}
          className="-inset-y-1 -translate-x-1/2 absolute w-2.5 rounded-full bg-lamp transition-colors before:absolute before:inset-y-0 before:-inset-x-3 pointer-coarse:before:-inset-x-5 hover:bg-lamp-hover"
          style={{ left: percent }}
        />
      </div>
      <div aria-hidden="true" className="relative mt-2 h-4 text-caption text-muted tabular-nums">
        {labelledSeconds(last).map((second) => (
          <span
            key={second}
            className={`absolute whitespace-nowrap ${second === 0 ? "" : second === last ? "-translate-x-full" : "-translate-x-1/2"}`}
            style={{ left: `${(second / last) * 100}%` }}
          >
            {second === last ? `${second} s` : second}
          </span>
        ))}
      </div>
    </div>
  );
}

/** The first frame is certain at its own second and dissolves from there on: what comes is for the model to say. */
function FirstLight({ pictureUrl }: { pictureUrl: string }) {
  const backgroundImage = `url("${pictureUrl}")`;
  return (
    <>
      <div className="absolute -inset-6 bg-center bg-cover opacity-60 blur-lg" style={{ backgroundImage }} />
      <div
        className="absolute -inset-1 bg-center bg-cover opacity-90 blur-[1px]"
        style={{ backgroundImage, maskImage: "linear-gradient(to right, black, transparent 85%)" }}
      />
    </>
  );
}

function Ticks({ last }: { last: number }) {
  return Array.from({ length: last - 1 }, (_, index) => index + 1).map((second) => (
    <span
      key={second}
      className="absolute inset-y-0 w-px bg-room/45"
      style={{ left: `${(second / last) * 100}%` }}
    />
  ));
}

function labelledSeconds(last: number): number[] {
  const labels = Array.from(
    { length: Math.floor(last / LABEL_EVERY_SECONDS) + 1 },
    (_, index) => index * LABEL_EVERY_SECONDS,
  );
  return labels.at(-1) === last ? labels : [...labels, last];
}

function valueForKey(event: KeyboardEvent, values: readonly number[], value: number): number | null {
  const index = values.indexOf(value);
  switch (event.key) {
    case "ArrowRight":
    case "ArrowUp":
      return values[Math.min(values.length - 1, index + 1)] ?? value;
    case "ArrowLeft":
    case "ArrowDown":
      return values[Math.max(0, index - 1)] ?? value;
    case "Home":
      return values[0] ?? value;
    case "End":
      return values.at(-1) ?? value;
    default:
      return null;
  }
}
