"use client";

import { useId } from "react";
import { Segmented } from "@/components/ui/segmented";
import { MODES, type Mode, type Model } from "@/lib/domain/models/model";
import { AlternativeWords } from "./alternative-words";
import { MODE_LABELS } from "./mode-labels";
import { type Alternative, alternativeTo } from "./untaken";
import type { ComposerHandle } from "./use-composer";

/** What the film is made from. A mode that the model lacks keeps its place, and says which model has it. */
export function ModeControl({ composer }: { composer: ComposerHandle }) {
  const { model, mode, connection, chooseMode, chooseModel } = composer;
  const id = useId();
  const missing = MODES.filter((candidate) => !model.modes[candidate]);
  const groups = byAlternative(missing, (candidate) =>
    alternativeTo(candidate, connection.place, ({ modes }) => modes[candidate] !== undefined),
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
          {`${model.label} ${doesOnly(model)}.`}
          {groups.map(({ modes, alternative }) => (
            <AlternativeWords
              key={modes.join()}
              wish={modes.map((name) => `“${MODE_LABELS[name]}”`).join(" and ")}
              alternative={alternative}
              onChoose={(chosen) => choose(chosen, modes.length === 1 ? modes[0] : undefined)}
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

type Group = { modes: Mode[]; alternative: Alternative };

function byAlternative(missing: readonly Mode[], find: (mode: Mode) => Alternative): Group[] {
  const groups: Group[] = [];
  for (const mode of missing) {
    const alternative = find(mode);
    const same = groups.find((group) => JSON.stringify(group.alternative) === JSON.stringify(alternative));
    if (same) same.modes.push(mode);
    else groups.push({ modes: [mode], alternative });
  }
  return groups;
}
