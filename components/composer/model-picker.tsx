"use client";

import { closePopover, Popover } from "@/components/ui/popover";
import { type ConnectionView, placeLabel } from "@/lib/domain/connection";
import type { Model } from "@/lib/domain/models/model";
import { placesInWords, siteAt } from "@/lib/domain/models/offer";
import { chipClass } from "./chip";
import { Caret } from "./connection-chip";
import type { DraftParameters } from "./draft";
import { lengthWords, modeWords, priceDateWords, priceWords, soundWords } from "./model-words";
import { modelsElsewhere, placesNamed } from "./offered-models";
import type { ComposerHandle } from "./use-composer";

/** Which model films it: what each can do and costs here, and where the others are. */
export function ModelPicker({ composer }: { composer: ComposerHandle }) {
  const { model, offered, connection, state, chooseModel } = composer;
  const elsewhere = modelsElsewhere(connection.place);
  return (
    <Popover
      label="Model"
      triggerClassName={`${chipClass} font-semibold`}
      trigger={
        <>
          <span className="sr-only">Model: </span>
          {model.label}
          <Caret />
        </>
      }
    >
      <div className="w-92 max-w-full">
        <ul aria-label={`Models at ${placeLabel(connection.place)}`}>
          {offered.map((candidate) => (
            <li key={candidate.id}>
              <ModelEntry
                model={candidate}
                connection={connection}
                parameters={state.draft.parameters}
                isChosen={candidate.id === model.id}
                onChoose={() => chooseModel(candidate)}
              />
            </li>
          ))}
        </ul>
        {elsewhere.length > 0 && (
          <>
            <h3 className="mt-3 border-line border-t px-3 pt-3 text-caption text-muted">
              Not at {placeLabel(connection.place)}
            </h3>
            <ul className="mt-1 pb-1">
              {elsewhere.map((candidate) => (
                <li key={candidate.id} className="flex justify-between gap-3 px-3 py-1 text-muted text-small">
                  {candidate.label}
                  <span className="text-right text-caption leading-[18px]">
                    {placesInWords(placesNamed(candidate.label))}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Popover>
  );
}

function ModelEntry({
  model,
  connection,
  parameters,
  isChosen,
  onChoose,
}: {
  model: Model;
  connection: ConnectionView;
  parameters: DraftParameters;
  isChosen: boolean;
  onChoose: () => void;
}) {
  const caution = siteAt(model, connection.place)?.caution;
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      data-autofocus={isChosen || undefined}
      onClick={(event) => {
        onChoose();
        closePopover(event.currentTarget);
      }}
      className={`block w-full rounded-control px-3 py-2 text-left transition-colors hover:bg-raised pointer-coarse:min-h-11 ${isChosen ? "bg-lifted" : ""}`}
    >
      <span className="flex items-baseline justify-between gap-3">
        <span className="font-semibold text-small">{model.label}</span>
        <span className="shrink-0 text-caption text-muted tabular-nums">
          {priceWords(model, connection, parameters)}
        </span>
      </span>
      <span className="mt-0.5 block text-caption text-muted">{modeWords(model)}</span>
      <span className="block text-caption text-muted">
        {[lengthWords(model), soundWords(model), priceDateWords(model, connection, parameters)]
          .filter((part) => part !== null)
          .join(" · ")}
      </span>
      {caution !== undefined && <span className="mt-1 block text-caption text-lamp-ink">{caution}</span>}
    </button>
  );
}
