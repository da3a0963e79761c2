"use client";

import { useId } from "react";

export type SegmentedOption<Value extends string> = {
  value: Value;
  label: string;
  /** It keeps its place, dimmed; words beside the control say why. */
  isDisabled?: boolean;
};

/** A few choices side by side; one is always taken. */
export function Segmented<Value extends string>({
  label,
  showsLabel = false,
  isWide = false,
  describedBy,
  options,
  value,
  onChange,
}: {
  label: string;
  /** The name stands before the choices, where they do not speak for themselves. */
  showsLabel?: boolean;
  /** As wide as there is room, in equal parts. */
  isWide?: boolean;
  describedBy?: string | undefined;
  options: readonly SegmentedOption<Value>[];
  value: Value;
  onChange: (value: Value) => void;
}) {
  const name = useId();
  return (
    <fieldset
      aria-describedby={describedBy}
      className={`${isWide ? "flex w-full" : "inline-flex"} rounded-control border border-line bg-panel p-0.5`}
    >
      <legend className="sr-only">{label}</legend>
      {showsLabel && (
        <span aria-hidden="true" className="inline-flex items-center pr-2 pl-2.5 text-small">
          {label}
        </span>
      )}
      {options.map((option) => (
        <label
          key={option.value}
          className={`relative inline-flex min-h-7 items-center justify-center whitespace-nowrap rounded-control text-small text-muted tabular-nums transition-colors hover:text-ink has-checked:bg-lifted has-checked:text-ink has-disabled:cursor-not-allowed has-disabled:opacity-50 has-disabled:hover:text-muted has-focus-visible:outline-2 has-focus-visible:outline-lamp-ink pointer-coarse:min-h-10 ${isWide ? "flex-1 px-1.5 max-[343px]:whitespace-normal max-[343px]:text-center" : "px-3"}`}
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            disabled={option.isDisabled}
            onChange={() => onChange(option.value)}
            className="absolute inset-0 cursor-pointer opacity-0 disabled:cursor-not-allowed"
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
