import { slotLabel } from "@/lib/domain/asset";
import type { GenerationView, MediaInput } from "@/lib/domain/generation";
import { SLOT_NAMES, type SlotName } from "@/lib/domain/models/model";
import { paths } from "@/lib/paths";

/** Every file that a generation was made from: pictures as they are, sound and clips by name and length. */
export function InputFacts({ media }: Pick<GenerationView, "media">) {
  const inputs = SLOT_NAMES.flatMap((slot): [SlotName, MediaInput][] => {
    const input = media[slot];
    return input ? [[slot, input]] : [];
  });
  return (
    <div className="flex flex-wrap gap-4">
      {inputs.map(([slot, input]) => (
        <a
          key={slot}
          href={paths.assetContent(input.assetId)}
          target="_blank"
          rel="noreferrer"
          className="w-22 shrink-0 text-caption text-muted hover:text-ink"
        >
          <InputPicture slot={slot} input={input} />
          <span className="mt-1.5 block truncate" title={input.fileName}>
            {input.fileName}
          </span>
        </a>
      ))}
    </div>
  );
}

function InputPicture({ slot, input }: { slot: SlotName; input: MediaInput }) {
  const label = slotLabel(slot);
  const shape = "h-28 w-full rounded-control border border-line";
  if (slot === "firstFrame" || slot === "lastFrame") {
    return (
      // biome-ignore lint/performance/noImgElement: our own preview bytes, already the right size.
      <img src={paths.assetPreview(input.assetId)} alt={`The ${label}`} className={`${shape} object-cover`} />
    );
  }
  if (slot === "firstClip") {
    return (
      <video
        src={`${paths.assetContent(input.assetId)}#t=0.05`}
        preload="metadata"
        muted
        playsInline
        tabIndex={-1}
        aria-label={`The ${label}`}
        className={`${shape} bg-stage object-cover`}
      />
    );
  }
  return (
    <span className={`${shape} flex flex-col items-center justify-center gap-1 bg-raised text-center`}>
      <span className="text-ink text-small">Audio</span>
      {input.durationSeconds !== null && (
        <span className="tabular-nums">{Number(input.durationSeconds.toFixed(1))} s</span>
      )}
    </span>
  );
}
