"use client";

import { useId, useState } from "react";
import { Popover } from "@/components/ui/popover";
import { Segmented } from "@/components/ui/segmented";
import { chipClass } from "./chip";
import { FieldMessage } from "./field-message";

const CHOICES = [
  { value: "random", label: "Random" },
  { value: "fixed", label: "Fixed" },
] as const;

/** The same seed, picture and words give a similar film again. */
export function SeedField({
  label,
  min,
  max,
  value,
  error,
  onChange,
}: {
  label: string;
  min: number;
  max: number;
  value: number | null;
  error: string | undefined;
  onChange: (value: number | null) => void;
}) {
  const id = useId();
  // What is being typed need not be a number yet.
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Popover
      label={label}
      triggerClassName={`${chipClass} ${error === undefined ? "" : "border-bad-line"}`}
      trigger={
        <>
          {label}
          <span className="text-caption text-muted tabular-nums">{value ?? "random"}</span>
        </>
      }
    >
      <div className="w-64">
        <Segmented
          label={label}
          options={CHOICES}
          value={value === null ? "random" : "fixed"}
          onChange={(choice) => onChange(choice === "random" ? null : Math.floor(Math.random() * max))}
        />
        {value !== null && (
          <>
            <label htmlFor={id} className="sr-only">
              Seed number
            </label>
            <input
              id={id}
              inputMode="numeric"
              value={typed ?? String(value)}
              onChange={(event) => {
                setTyped(event.target.value);
                if (/^\d+$/u.test(event.target.value)) onChange(Number(event.target.value));
              }}
              onBlur={() => setTyped(null)}
              aria-describedby={`${id}-error`}
              className="mt-3 block min-h-8 w-full rounded-control border border-line-strong bg-raised px-3 tabular-nums pointer-coarse:min-h-11 pointer-coarse:text-lead"
            />
          </>
        )}
        <FieldMessage id={`${id}-error`} messages={error === undefined ? [] : [error]} />
        <p className="mt-3 text-caption text-muted">
          With the same seed, picture and words the film comes out much the same again. {min} to {max}.
        </p>
      </div>
    </Popover>
  );
}
