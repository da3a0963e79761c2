"use client";

import { useId } from "react";
import { Counter } from "@/components/ui/counter";
import { Popover } from "@/components/ui/popover";
import { countCharacters } from "@/lib/domain/models/generation-input";
import { chipClass } from "./chip";
import { FieldMessage } from "./field-message";

/** A text beside the prompt: what the film should not show. */
export function TextField({
  label,
  charactersMax,
  value,
  error,
  onChange,
}: {
  label: string;
  charactersMax: number;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <Popover
      label={label}
      triggerClassName={`${chipClass} ${error === undefined ? "" : "border-bad-line"}`}
      trigger={
        <>
          {label}…
          <span className="max-w-28 truncate text-caption text-muted">
            {value.trim() === "" ? "none" : value}
          </span>
        </>
      }
    >
      <div className="w-80 max-w-full">
        <label htmlFor={id} className="text-small">
          What the film should not show
        </label>
        <textarea
          id={id}
          data-autofocus
          rows={4}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          placeholder="Blur, extra fingers, text"
          aria-describedby={`${id}-count ${id}-error`}
          aria-invalid={error !== undefined}
          className="mt-2 block w-full resize-none rounded-control border border-line-strong bg-raised px-3 py-2 text-small pointer-coarse:text-lead"
        />
        <div className="mt-1 flex justify-end">
          <Counter id={`${id}-count`} count={countCharacters(value)} max={charactersMax} />
        </div>
        <FieldMessage id={`${id}-error`} messages={error === undefined ? [] : [error]} />
      </div>
    </Popover>
  );
}
