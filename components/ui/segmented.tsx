"use client";

import { useId } from "react";

export type SegmentedOption<Value extends string> = { value: Value; label: string };

/** A few choices side by side; one is always taken. */
export function Segmented<Value extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string;
  options: readonly SegmentedOption<Value>[];
  value: Value;
  onChange: (value: Value) => void;
}) {
  const name = useId();
  return (
    <fieldset className="inline-flex rounded-control border border-line bg-panel p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className="relative inline-flex min-h-7 items-center justify-center rounded-control px-3 text-small text-muted tabular-nums transition-colors hover:text-ink has-checked:bg-lifted has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-lamp-ink pointer-coarse:min-h-10"
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            className="absolute inset-0 cursor-pointer opacity-0"
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
