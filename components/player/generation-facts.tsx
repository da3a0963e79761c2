import type { ReactNode } from "react";
import { formatBytes, formatSize } from "@/lib/domain/asset";
import { cancelNote } from "@/lib/domain/cancel-note";
import { lengthNote } from "@/lib/domain/clip-length";
import { type GenerationView, isTerminal } from "@/lib/domain/generation";
import type { Mode } from "@/lib/domain/models/model";
import { formatMoney, isSameMoney } from "@/lib/domain/money";
import { billedWords } from "./billed-words";
import { InputFacts } from "./input-facts";

/** What a generation was made from, and what it came to. */
export function GenerationFacts({ view }: { view: GenerationView }) {
  const { parameters, clip, actualPrompt } = view;
  const instead = parameters.template ? ", not used: an effect plays" : "";
  const note = clip && cancelNote(view);
  const heard = actualPrompt?.trim();
  const rewritten = heard && heard !== parameters.prompt.trim() ? heard : null;
  return (
    <section
      aria-label="Inputs and settings"
      className="mt-6 grid gap-8 border-line border-t pt-6 md:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]"
    >
      <div className="flex min-w-0 gap-4 max-sm:flex-col">
        <div className="shrink-0">
          <InputFacts media={view.media} />
        </div>
        <div className="min-w-0 space-y-4">
          {note && <p className="text-lamp-ink">{note}</p>}
          <Words title={`Prompt${instead}`}>{parameters.prompt || "None"}</Words>
          {rewritten && <Words title="As the model read it">{rewritten}</Words>}
          {parameters.negativePrompt && <Words title="Avoid">{parameters.negativePrompt}</Words>}
        </div>
      </div>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] content-start gap-x-6 gap-y-1.5 text-small tabular-nums">
        <Fact term="Mode">{MODE_WORDS[view.mode]}</Fact>
        <Fact term="Model">{view.modelLabel}</Fact>
        <Fact term="Where">{view.connection.label}</Fact>
        <Fact term="Resolution">{parameters.resolution}</Fact>
        <Fact term="Duration">{durationWords(view)}</Fact>
        <Fact term="Shots">{shotWords(view)}</Fact>
        <Fact term="Sound">{soundWords(view)}</Fact>
        <Fact term="Effect">{parameters.template ?? null}</Fact>
        <Fact term="Seed">{parameters.seed ?? "random"}</Fact>
        <Fact term="Rewrite prompt">{onOrOff(parameters.promptExtend)}</Fact>
        <Fact term="Watermark">{onOrOff(parameters.watermark)}</Fact>
        {clip && <Fact term="File">{`${formatSize(clip)}, ${formatBytes(clip.sizeBytes)}`}</Fact>}
        <Fact term="Price">{priceWords(view)}</Fact>
        <Fact term="Billed">{billedWords(view)}</Fact>
      </dl>
    </section>
  );
}

const MODE_WORDS: Record<Mode, string> = {
  animate: "Animate a picture",
  between: "Between two frames",
  continue: "Continue a clip",
};

function durationWords({ mode, media, parameters, clip }: GenerationView): string {
  const clipSeconds = mode === "continue" ? media.firstClip?.durationSeconds : null;
  const among = clipSeconds ? `the clip's ${Number(clipSeconds.toFixed(1))} s among them` : null;
  const note = clip && lengthNote(parameters.durationSeconds, clip.durationSeconds);
  return [`${parameters.durationSeconds} s`, among, note].filter((words) => words !== null).join(", ");
}

function shotWords({ parameters }: GenerationView): string | null {
  if (parameters.shotType === undefined) return null;
  return parameters.shotType === "multi" ? "several" : "one";
}

/** Null where only the model's entry of that day could tell. */
function soundWords({ media, parameters }: GenerationView): string | null {
  if (parameters.sound === "silent") return "silent";
  if (media.drivingAudio) return "the given audio";
  return parameters.sound === "automatic" ? "made by the model" : null;
}

function onOrOff(value: boolean | undefined): string | null {
  if (value === undefined) return null;
  return value ? "on" : "off";
}

function priceWords({ price, cost, connection, clip, state, failure }: GenerationView): string {
  if (connection.isDemo) {
    return price ? `nothing, demo mode (else ${formatMoney(price)})` : "nothing, demo mode";
  }
  const estimate = price && formatMoney(price);
  const isFree = state === "failed" ? failure?.charged === "no" : state === "cancelled" && !clip;
  if (isFree) return "nothing was charged";
  if (cost && !isSameMoney(cost, price)) {
    return estimate ? `${estimate}, billed ${formatMoney(cost)}` : `billed ${formatMoney(cost)}`;
  }
  if (!estimate) return "not known; the vendor's bill tells";
  if (state === "failed" && failure?.charged !== "yes") return `${estimate}, perhaps charged`;
  return clip || isTerminal(state) || state === "saving" ? estimate : `${estimate} if it succeeds`;
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
