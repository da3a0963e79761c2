"use client";

import { useId } from "react";
import { Counter } from "@/components/ui/counter";
import { countCharacters } from "@/lib/domain/models/generation-input";
import { FieldMessage } from "./field-message";

export function PromptField({
  value,
  charactersMax,
  error,
  replacedBy,
  onChange,
}: {
  value: string;
  charactersMax: number;
  error: string | undefined;
  /** The name of an effect that plays instead. */
  replacedBy: string | null;
  onChange: (value: string) => void;
}) {
  const id = useId();
  const count = countCharacters(value);
  return (
    <div>
      <div className="rounded-card border border-line bg-panel transition-colors focus-within:border-line-strong">
        <label htmlFor={id} className="sr-only">
          Prompt
        </label>
        <textarea
          id={id}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          placeholder="What should happen? Say who moves, how the camera moves, what is heard."
          aria-describedby={`${id}-replaced ${id}-count ${id}-error`}
          aria-invalid={error !== undefined}
          className="field-sizing-content block max-h-80 min-h-22 w-full resize-none rounded-card bg-transparent px-3 pt-2.5 pb-1 pointer-coarse:text-lead focus-visible:outline-none"
        />
        <div className="flex items-end justify-between gap-3 px-3 pb-2">
          <span id={`${id}-replaced`} className="text-caption text-lamp-ink">
            {replacedBy !== null && `“${replacedBy}” plays instead of these words. They are kept.`}
          </span>
          <Counter id={`${id}-count`} count={count} max={charactersMax} />
        </div>
      </div>
      <FieldMessage id={`${id}-error`} messages={error === undefined ? [] : [error]} />
    </div>
  );
}
