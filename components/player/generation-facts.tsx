import type { ReactNode } from "react";
import { formatBytes, formatSize, slotLabel } from "@/lib/domain/asset";
import type { GenerationView, MediaInput } from "@/lib/domain/generation";
import type { SlotName } from "@/lib/domain/models/model";
import { formatMoney } from "@/lib/domain/money";
import { paths } from "@/lib/paths";

/** What a generation was made from, and what it came to. */
export function GenerationFacts({ view }: { view: GenerationView }) {
  const { parameters, clip, actualPrompt } = view;
  const inputs = Object.entries(view.media) as [SlotName, MediaInput][];
  const isRewritten = actualPrompt !== null && actualPrompt.trim() !== parameters.prompt.trim();
  return (
    <section
      aria-label="Inputs and settings"
      className="mt-6 grid gap-8 border-line border-t pt-6 md:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]"
    >
      <div className="flex min-w-0 gap-4">
        {inputs.map(([slot, input]) => (
          <a
            key={slot}
            href={paths.assetContent(input.assetId)}
            target="_blank"
            rel="noreferrer"
            className="w-22 shrink-0 text-caption text-muted hover:text-ink"
          >
            {/* biome-ignore lint/performance/noImgElement: our own preview bytes, already the right size. */}
            <img
              src={paths.assetPreview(input.assetId)}
              alt={`The ${slotLabel(slot)}`}
              className="mb-1.5 h-28 w-full rounded-control border border-line object-cover"
            />
            <span className="block truncate">{input.fileName}</span>
          </a>
        ))}
        <div className="min-w-0 space-y-4">
          <Words title="Prompt">{parameters.prompt || "None"}</Words>
          {isRewritten && <Words title="As the model read it">{actualPrompt}</Words>}
          {parameters.negativePrompt && <Words title="Avoid">{parameters.negativePrompt}</Words>}
        </div>
      </div>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] content-start gap-x-6 gap-y-1.5 text-small tabular-nums">
        <Fact term="Model">{view.modelLabel}</Fact>
        <Fact term="Where">{view.connection.label}</Fact>
        <Fact term="Resolution">{parameters.resolution}</Fact>
        <Fact term="Duration">{parameters.durationSeconds} s</Fact>
        <Fact term="Seed">{parameters.seed ?? "random"}</Fact>
        <Fact term="Rewrite prompt">{onOrOff(parameters.promptExtend)}</Fact>
        <Fact term="Watermark">{onOrOff(parameters.watermark)}</Fact>
        {clip && <Fact term="File">{`${formatSize(clip)}, ${formatBytes(clip.sizeBytes)}`}</Fact>}
        <Fact term="Price">{priceWords(view)}</Fact>
      </dl>
    </section>
  );
}

function onOrOff(value: boolean | undefined): string | null {
  if (value === undefined) return null;
  return value ? "on" : "off";
}

function priceWords({ price, connection, clip }: GenerationView): string {
  if (connection.isDemo) return "nothing, demo mode";
  if (!price) return "unknown";
  return clip ? formatMoney(price) : `${formatMoney(price)} if it succeeds`;
}

function Words({ title, children }: { title: string; children: string }) {
  return (
    <div>
      <h3 className="text-muted text-small">{title}</h3>
      <p className="mt-0.5 whitespace-pre-wrap break-words">{children}</p>
    </div>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  if (children === null) return null;
  return (
    <>
      <dt className="text-muted">{term}</dt>
      <dd className="break-words">{children}</dd>
    </>
  );
}
