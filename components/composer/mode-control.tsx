"use client";

import { useId } from "react";
import { Segmented } from "@/components/ui/segmented";
import { MODE_LABELS } from "@/lib/domain/models/mode-labels";
import { MODES, type Mode, type Model } from "@/lib/domain/models/model";
import { AlternativeWords } from "./alternative-words";
import { nameHere } from "./model-words";
import { alternativeTo, byAlternative, listed } from "./untaken";
import type { ComposerHandle } from "./use-composer";

/** What the film is made from. A mode that the model lacks keeps its place, and says which model has it. */
export function ModeControl({ composer }: { composer: ComposerHandle }) {
  const { model, mode, connection, chooseMode, chooseModel } = composer;
  const id = useId();
  const missing = MODES.filter((candidate) => !model.modes[candidate]);
  const groups = byAlternative(
    missing.map((wish) => ({
      wish,
      alternative: alternativeTo(wish, connection.place, ({ modes }) => modes[wish] !== undefined),
    })),
  );

  function choose(chosen: Model, wanted: Mode | undefined) {
    chooseModel(chosen);
    if (wanted) chooseMode(wanted);
  }

  return (
    <div>
      <Segmented
        label="Mode"
        isWide
        describedBy={missing.length > 0 ? id : undefined}
        options={MODES.map((value) => ({
          value,
          label: MODE_LABELS[value],
          isDisabled: !model.modes[value],
        }))}
        value={mode}
        onChange={chooseMode}
      />
      {missing.length > 0 && (
        <p id={id} className="mt-2 text-caption text-muted">
          {`${nameHere(model, connection)} ${doesOnly(model)}.`}
          {groups.map(({ wishes, alternative }) => (
            <AlternativeWords
              key={wishes.join()}
              wish={listed(
                wishes.map((name) => `“${MODE_LABELS[name]}”`),
                "or",
              )}
              alternative={alternative}
              onChoose={(chosen) => choose(chosen, wishes.length === 1 ? wishes[0] : undefined)}
            />
          ))}
        </p>
      )}
    </div>
  );
}

function doesOnly({ modes }: Model): string {
  if (modes.animate && modes.between) return "makes films from one or two frames";
  if (modes.between) return "moves between two frames";
  return modes.animate ? "animates one picture" : "continues clips";
}
