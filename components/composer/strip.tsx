"use client";

import { useId } from "react";
import { formatSize, slotLabel } from "@/lib/domain/asset";
import type { SlotName } from "@/lib/domain/models/model";
import { type PixelSize, predictOutputSize } from "@/lib/domain/models/output-size";
import { paths } from "@/lib/paths";
import type { SlotContent } from "./draft";
import { DurationTrack } from "./duration-track";
import { FieldMessage } from "./field-message";
import { FrameSlot } from "./frame-slot";
import { ratioLabel } from "./ratio-label";
import type { ComposerHandle } from "./use-composer";

/** The inputs drawn as what they mean in time: frames where they stand, and the seconds between them. */
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
  const { model, files, setParameters, state } = composer;
  const { media, parameters } = state.draft;
  const frames = (Object.keys(model.slots) as SlotName[]).filter(
    (name) => model.slots[name]?.kind === "image",
  );
  const messageId = useId();
  const messages = frames.flatMap((name) => slotMessage(media[name]) ?? fieldErrors[name] ?? []);
  const source = frames.find((name) => knownSize(media[name]));
  const sourceSize = source && knownSize(media[source]);

  const frameSlot = (name: SlotName) => (
    <FrameSlot
      key={name}
      name={name}
      content={media[name]}
      isWanted={wantedSlot === name}
      describedBy={messages.length > 0 ? messageId : undefined}
      onChoose={() => onChoose(name)}
      onClear={() => files.clear(name)}
      onRetry={() => files.retry(name)}
      onGone={(fileName) => files.lose(name, fileName)}
    />
  );

  return (
    <section aria-label="The film" className="rounded-card border border-line bg-panel p-3">
      <div className="flex items-start gap-1">
        {frames.filter((name) => name !== "lastFrame").map(frameSlot)}
        <DurationTrack
          values={model.parameters.durationSeconds.values}
          value={parameters.durationSeconds}
          pictureUrl={source ? thumbnailUrl(media[source]) : null}
          onChange={(durationSeconds) => setParameters({ durationSeconds })}
        />
        {frames.filter((name) => name === "lastFrame").map(frameSlot)}
      </div>
      <FieldMessage
        id={messageId}
        messages={[...messages, fieldErrors.durationSeconds].filter((text) => text !== undefined)}
      />
      <p className="mt-2 text-muted text-small tabular-nums">
        {source && sourceSize
          ? `Output ${formatSize(predictOutputSize(parameters.resolution, sourceSize))}, from your ${slotLabel(source)} (${ratioLabel(sourceSize)})`
          : `The film takes the shape of your ${slotLabel(frames[0] ?? "firstFrame")}.`}
      </p>
    </section>
  );
}

function slotMessage(content: SlotContent | undefined): string | null {
  return content?.status === "stopped" ? content.message : null;
}

function knownSize(content: SlotContent | undefined): PixelSize | null {
  if (content?.status === "uploading") return content.size;
  if (content?.status !== "ready") return null;
  const { width, height } = content.input;
  return width === null || height === null ? null : { width, height };
}

function thumbnailUrl(content: SlotContent | undefined): string | null {
  if (!content || content.status === "stopped") return null;
  if (content.status === "uploading") return content.localUrl;
  return content.localUrl ?? paths.assetPreview(content.input.assetId);
}
