"use client";

import { formatList } from "@/lib/domain/asset";
import type { AudioSlot } from "@/lib/domain/models/model";
import { audioUse } from "./audio-use";
import type { SlotContent } from "./draft";
import { fileUrl, knownSeconds } from "./slot-content";
import { useWaveform } from "./use-waveform";
import { wavePeaks } from "./wave-peaks";

const BARS_PER_TRACK = 90;
const UNREAD_PEAK = 0.3;

/** The given audio under the seconds of the film: what is heard is bright, what is cut off dim, and silence a line. */
export function AudioLane({
  slot,
  content,
  filmSeconds,
  trackSeconds,
  isWanted,
  describedBy,
  onChoose,
}: {
  slot: AudioSlot;
  content: SlotContent | undefined;
  filmSeconds: number;
  trackSeconds: number;
  isWanted: boolean;
  describedBy: string | undefined;
  onChoose: () => void;
}) {
  const seconds = knownSeconds(content);
  const finePeaks = useWaveform(fileUrl(content));
  if (!content || content.status === "stopped" || seconds === null) {
    return (
      <button
        type="button"
        data-slot="drivingAudio"
        onClick={onChoose}
        aria-describedby={describedBy}
        className={`@container flex min-h-9 w-full items-center justify-center gap-2 rounded-control border border-dashed px-2 text-caption text-muted transition-colors pointer-coarse:min-h-11 ${
          isWanted ? "border-lamp-ink bg-lifted" : "border-line-strong hover:bg-raised"
        }`}
      >
        <span className="text-ink">{content ? "Choose other audio" : "Add audio"}</span>
        <span className="@max-[220px]:hidden">
          {formatList(slot.mediaTypes)}, {slot.seconds[0]} to {slot.seconds[1]} s
        </span>
      </button>
    );
  }
  const use = audioUse(seconds, filmSeconds, trackSeconds);
  const bars = Math.max(8, Math.round((seconds / trackSeconds) * BARS_PER_TRACK));
  const peaks = finePeaks ? wavePeaks(Float32Array.from(finePeaks), bars) : Array(bars).fill(UNREAD_PEAK);
  const heardBars = Math.round((Math.min(seconds, filmSeconds) / seconds) * bars);
  return (
    <div
      data-slot="drivingAudio"
      className={`relative h-10 overflow-hidden rounded-control border bg-raised ${isWanted ? "border-lamp-ink" : "border-line"}`}
    >
      <svg
        viewBox={`0 0 ${bars} 1`}
        preserveAspectRatio="none"
        aria-hidden="true"
        className="absolute inset-y-1 left-0 h-8"
        style={{ width: `${(seconds / trackSeconds) * 100}%` }}
      >
        <path d={barsPath(peaks, 0, heardBars)} className="fill-ink" />
        <path d={barsPath(peaks, heardBars, bars)} className="fill-line-strong opacity-60" />
      </svg>
      {use.runsPastTrack && (
        <span className="absolute inset-y-0 right-0 w-6 bg-linear-to-r from-transparent to-raised" />
      )}
      {use.filmShare > use.audioShare && (
        <span
          className="absolute top-1/2 border-line-strong border-t border-dashed"
          style={{ left: percent(use.audioShare), width: percent(use.filmShare - use.audioShare) }}
        />
      )}
      {use.filmShare < 1 && (
        <span className="absolute inset-y-0 w-px bg-lamp" style={{ left: percent(use.filmShare) }} />
      )}
    </div>
  );
}

function percent(share: number): string {
  return `${share * 100}%`;
}

/** One bar a peak, mirrored at the middle, with a little air between. */
function barsPath(peaks: readonly number[], from: number, to: number): string {
  return peaks
    .slice(from, to)
    .map((peak, index) => {
      const height = Math.max(0.05, peak);
      return `M${from + index + 0.18} ${(1 - height) / 2}h.64v${height.toFixed(3)}h-.64z`;
    })
    .join("");
}
