"use client";

import { closePopover } from "./popover";

export type Choice<Value extends string | null> = { value: Value; label: string; note?: string };

/** One of a list, inside a popover; choosing closes it. */
export function ChoiceList<Value extends string | null>({
  label,
  choices,
  value,
  onChoose,
}: {
  label: string;
  choices: readonly Choice<Value>[];
  value: Value;
  onChoose: (value: Value) => void;
}) {
  return (
    <ul aria-label={label} className="w-60 max-w-full">
      {choices.map((choice) => {
        const isChosen = choice.value === value;
        return (
          <li key={choice.value}>
            <button
              type="button"
              aria-pressed={isChosen}
              data-autofocus={isChosen || undefined}
              onClick={(event) => {
                onChoose(choice.value);
                closePopover(event.currentTarget);
              }}
              className={`flex min-h-9 w-full items-center justify-between gap-3 rounded-control px-3 py-1.5 text-left text-small transition-colors hover:bg-raised pointer-coarse:min-h-11 ${isChosen ? "bg-lifted" : ""}`}
            >
              <span className="min-w-0 wrap-anywhere">{choice.label}</span>
              {choice.note !== undefined && <span className="text-caption text-muted">{choice.note}</span>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
