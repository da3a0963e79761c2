"use client";

import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { nearest } from "./draft";
import type { ClipFrame } from "./use-clip-frames";

/** From here on the words have no room beside the handle and lie on the film. */
const NEAR_END_SHARE = 0.6;
const LABEL_EVERY_SECONDS = 5;
/** On a short track a label from here on would touch the last one. */
const CROWDED_SHARE = 0.5;

/** The seconds that a given clip takes of the film. */
export type TrackClip = { share: number; label: string; frames: readonly ClipFrame[] };

/**
 * The seconds of the film: a tick a second up to the longest the model makes, and a handle to drag. The part that will
 * be filmed is lit by its first frame, and from the end by its last; what a clip already shows are the clip's frames.
 */
export function DurationTrack({
  values,
  value,
  pictureUrl,
  endPictureUrl,
  clip,
  onChange,
}: {
  values: readonly number[];
  value: number;
  pictureUrl: string | null;
  endPictureUrl: string | null;
  clip: TrackClip | null;
  onChange: (seconds: number) => void;
}) {
  const track = useRef<HTMLDivElement>(null);
  const last = values.at(-1) ?? value;
  const share = value / last;
  const percent = `${share * 100}%`;
  const isNearEnd = share > NEAR_END_SHARE;
  const canChange = values.length > 1;
  const startShare = Math.min(clip?.share ?? 0, share);

  function follow(event: PointerEvent) {
    const box = track.current?.getBoundingClientRect();
    if (!box || box.width === 0) return;
    onChange(nearest(values, ((event.clientX - box.left) / box.width) * last));
  }

  return (
    <div className="@container min-w-0 select-none px-1.5">
      <div
        ref={track}
        onPointerDown={(event) => {
          if (event.button !== 0 || !canChange) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          follow(event);
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) follow(event);
        }}
        className={`relative h-28 touch-pan-y ${canChange ? "cursor-ew-resize" : ""}`}
      >
        <div className="absolute inset-0 overflow-hidden rounded-control border border-line bg-raised">
          <div
            className={`absolute inset-y-0 overflow-hidden ${pictureUrl || endPictureUrl ? "bg-stage" : "bg-lifted"}`}
            style={{ left: `${startShare * 100}%`, width: `${(share - startShare) * 100}%` }}
          >
            {pictureUrl && <FrameLight pictureUrl={pictureUrl} from="left" />}
            {endPictureUrl && <FrameLight pictureUrl={endPictureUrl} from="right" />}
          </div>
          <Ticks last={last} />
          {clip && <ClipSeconds clip={clip} />}
        </div>
        <span
          aria-hidden="true"
          className={`pointer-events-none absolute top-1/2 -translate-y-1/2 whitespace-nowrap text-small tabular-nums ${
            isNearEnd ? "-translate-x-1/2 rounded-control bg-scrim px-1.5 py-0.5 text-on-scrim" : "text-ink"
          }`}
          style={{ left: isNearEnd ? `${((startShare + share) / 2) * 100}%` : `calc(${percent} + 12px)` }}
        >
          {clip ? (
            clip.label
          ) : (
            <>
              <span className="@max-[180px]:hidden">{value} seconds</span>
              <span className="@min-[180px]:hidden">{value} s</span>
            </>
          )}
        </span>
        {canChange && (
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
        )}
      </div>
      <div aria-hidden="true" className="relative mt-2 h-4 text-caption text-muted tabular-nums">
        {labelledSeconds(last).map((second) => (
          <span
            key={second}
            className={`absolute whitespace-nowrap ${second === 0 ? "" : second === last ? "-translate-x-full" : `-translate-x-1/2 ${second > last * CROWDED_SHARE ? "@max-[140px]:hidden" : ""}`}`}
            style={{ left: `${(second / last) * 100}%` }}
          >
            {second === last ? `${second} s` : second}
          </span>
        ))}
      </div>
    </div>
  );
}

/** A frame is certain at its own second and dissolves from there on: what comes is for the model to say. */
function FrameLight({ pictureUrl, from }: { pictureUrl: string; from: "left" | "right" }) {
  const backgroundImage = `url("${pictureUrl}")`;
  const away = from === "left" ? "right" : "left";
  return (
    <>
      <div
        className="absolute -inset-6 bg-center bg-cover bg-paper opacity-60 blur-lg"
        style={
          from === "left"
            ? { backgroundImage }
            : { backgroundImage, maskImage: "linear-gradient(to left, black 20%, transparent 80%)" }
        }
      />
      <div
        className="absolute -inset-1 bg-center bg-cover bg-paper opacity-90 blur-[1px]"
        style={{ backgroundImage, maskImage: `linear-gradient(to ${away}, black, transparent 85%)` }}
      />
    </>
  );
}

/** The clip's own seconds, as they are. */
function ClipSeconds({ clip }: { clip: TrackClip }) {
  return (
    <div
      className="absolute inset-y-0 left-0 flex overflow-hidden border-on-scrim border-r bg-stage"
      style={{ width: `${clip.share * 100}%` }}
    >
      {clip.frames.map(({ atSeconds, url }) => (
        // biome-ignore lint/performance/noImgElement: a picture of this page's own making.
        <img
          key={atSeconds}
          src={url}
          alt=""
          draggable={false}
          className="h-full min-w-0 flex-1 object-cover"
        />
      ))}
    </div>
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
