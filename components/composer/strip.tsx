"use client";

import { useId } from "react";
import { formatList, formatSize, slotLabel } from "@/lib/domain/asset";
import { continuation } from "@/lib/domain/continuation";
import { formatSeconds } from "@/lib/domain/format-seconds";
import type { SlotName } from "@/lib/domain/models/model";
import { predictOutputSize } from "@/lib/domain/models/output-size";
import { AsideLine } from "./aside-line";
import { AudioLane } from "./audio-lane";
import { audioUse } from "./audio-use";
import { slotsOfMode } from "./draft";
import { DurationTrack } from "./duration-track";
import { FieldMessage } from "./field-message";
import { FileLine } from "./file-line";
import { FrameSlot, type SlotNeed } from "./frame-slot";
import { ratioLabel } from "./ratio-label";
import { fileUrl, knownSeconds, knownSize, stoppedMessage, thumbnailUrl } from "./slot-content";
import { framesShown } from "./slot-for-file";
import { useClipFrames } from "./use-clip-frames";
import type { ComposerHandle } from "./use-composer";

/** Of a whole track of clip there would be so many frames to see. */
const FRAMES_PER_TRACK = 8;

/** The inputs drawn as what they mean in time: frames where they stand, the clip's and the audio's seconds under the film's. */
export function Strip({
  composer,
  wantedSlot,
  fieldErrors,
  onChoose,
}: {
  composer: ComposerHandle;
  wantedSlot: SlotName | null;
  fieldErrors: Record<string, string>;
  onChoose: (slot: SlotName) => void;
}) {
  const { model, mode, files, setParameters, state } = composer;
  const { media, parameters } = state.draft;
  const filmSeconds = parameters.durationSeconds;
  const lengths = model.parameters.durationSeconds.values;
  const trackSeconds = lengths.at(-1) ?? filmSeconds;

  const taken = slotsOfMode(model, mode);
  const frames = framesShown(model, mode);
  const messageId = useId();
  const messages = [...taken, ...frames.filter((name) => !taken.includes(name))].flatMap(
    (name) => stoppedMessage(media[name]) ?? state.turnedAway[name] ?? fieldErrors[name] ?? [],
  );
  const describedBy = messages.length > 0 ? messageId : undefined;

  const takesClip = taken.includes("firstClip");
  const clipSeconds = takesClip ? knownSeconds(media.firstClip) : null;
  const clipShare = clipSeconds === null ? 0 : clipSeconds / trackSeconds;
  const clipFrames = useClipFrames(
    clipSeconds === null ? null : fileUrl(media.firstClip),
    Math.max(2, Math.round(clipShare * FRAMES_PER_TRACK)),
  );
  const clip = clipSeconds === null ? null : continuation(clipSeconds, filmSeconds, trackSeconds);

  const audioSlot = taken.includes("drivingAudio") ? model.slots.drivingAudio : undefined;
  const audioSeconds = knownSeconds(media.drivingAudio);

  const slotActions = (name: SlotName) => ({
    onChoose: () => onChoose(name),
    onClear: () => files.clear(name),
    onRetry: () => files.retry(name),
  });
  const place = (name: SlotName) => (
    <FrameSlot
      key={name}
      name={name}
      content={media[name]}
      need={needOf(name)}
      hint={hintFor(name)}
      isAside={!taken.includes(name)}
      isWanted={wantedSlot === name}
      describedBy={describedBy}
      onGone={(fileName) => files.lose(name, fileName)}
      {...slotActions(name)}
    />
  );

  function needOf(name: SlotName): SlotNeed {
    return model.modes[mode]?.needs.includes(name) ? "needed" : "optional";
  }

  function hintFor(name: SlotName): string {
    if (needOf(name) === "optional") return "optional";
    const slot = model.slots[name];
    return slot?.kind === "video"
      ? `${formatList(slot.mediaTypes)}, ${slot.seconds[0]} to ${slot.seconds[1]} s`
      : "Drop, paste or choose";
  }

  return (
    <section aria-label="The film" className="rounded-card border border-line bg-panel p-3">
      <div className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-y-2">
        <div>
          {takesClip && clip === null && place("firstClip")}
          {frames.includes("firstFrame") && place("firstFrame")}
        </div>
        <DurationTrack
          values={lengths}
          value={filmSeconds}
          pictureUrl={takesClip ? (clipFrames.at(-1)?.url ?? null) : thumbnailUrl(media.firstFrame)}
          endPictureUrl={taken.includes("lastFrame") ? thumbnailUrl(media.lastFrame) : null}
          clip={clip && { share: clip.clipShare, label: clip.label, frames: clipFrames }}
          onChange={(durationSeconds) => setParameters({ durationSeconds })}
        />
        <div>{frames.includes("lastFrame") && place("lastFrame")}</div>
        {audioSlot?.kind === "audio" && (
          <div className="col-start-2 px-1.5">
            <AudioLane
              slot={audioSlot}
              content={media.drivingAudio}
              filmSeconds={filmSeconds}
              trackSeconds={trackSeconds}
              isWanted={wantedSlot === "drivingAudio"}
              describedBy={describedBy}
              onChoose={() => onChoose("drivingAudio")}
            />
          </div>
        )}
      </div>
      {audioSlot && media.drivingAudio && (
        <FileLine
          name="drivingAudio"
          content={media.drivingAudio}
          words={audioSeconds === null ? "" : audioUse(audioSeconds, filmSeconds, trackSeconds).words}
          {...slotActions("drivingAudio")}
        />
      )}
      {takesClip && media.firstClip && clipSeconds !== null && (
        <FileLine
          name="firstClip"
          content={media.firstClip}
          words={`${formatSeconds(clipSeconds)} s`}
          {...slotActions("firstClip")}
        />
      )}
      <FieldMessage
        id={messageId}
        messages={[...messages, fieldErrors.durationSeconds].filter((text) => text !== undefined)}
      />
      {clip && clip.newSeconds > 0 && <p className="mt-2 text-small tabular-nums">{clip.words}</p>}
      <OutputLine composer={composer} />
      <AsideLine composer={composer} />
    </section>
  );
}

/** The size that the model will make, and from what. */
function OutputLine({ composer }: { composer: ComposerHandle }) {
  const { mode, state } = composer;
  const { media, parameters } = state.draft;
  const source = mode === "continue" ? "firstClip" : "firstFrame";
  const size = knownSize(media[source]);
  return (
    <p className="mt-2 text-muted text-small tabular-nums">
      {size
        ? `Output ${formatSize(predictOutputSize(parameters.resolution, size))}, from your ${slotLabel(source)} (${ratioLabel(size)})`
        : `The film takes the shape of your ${slotLabel(source)}.`}
    </p>
  );
}
