"use client";

import { Segmented } from "@/components/ui/segmented";
import { ToggleChip } from "@/components/ui/toggle-chip";
import type { Parameter, ParameterName, ResolutionTier } from "@/lib/domain/models/model";
import type { DraftParameters } from "./draft";
import { SeedField } from "./seed-field";
import { TextField } from "./text-field";

/** The prompt and the duration have places of their own. */
export type ChipName = Exclude<ParameterName, "prompt" | "durationSeconds">;

const LABELS: Record<ChipName, string> = {
  resolution: "Resolution",
  seed: "Seed",
  promptExtend: "Rewrite prompt",
  negativePrompt: "Avoid",
  watermark: "Watermark",
};

/** One control per kind of parameter; a new kind fails the build until it is drawn. */
export function ParameterField({
  name,
  parameter,
  parameters,
  error,
  onChange,
}: {
  name: ChipName;
  parameter: Parameter;
  parameters: DraftParameters;
  error: string | undefined;
  onChange: (parameters: Partial<DraftParameters>) => void;
}) {
  const label = LABELS[name];
  switch (parameter.kind) {
    case "choice":
      return (
        <Segmented
          label={label}
          options={parameter.values.map((value) => ({ value, label: value }))}
          value={String(parameters[name])}
          onChange={(value) => onChange({ [name]: value as ResolutionTier })}
        />
      );
    case "toggle":
      return (
        <ToggleChip
          label={label}
          isOn={parameters[name] === true}
          onChange={(isOn) => onChange({ [name]: isOn })}
        />
      );
    case "optional-integer":
      return (
        <SeedField
          label={label}
          min={parameter.min}
          max={parameter.max}
          value={parameters.seed}
          error={error}
          onChange={(seed) => onChange({ seed })}
        />
      );
    case "text":
      return (
        <TextField
          label={label}
          charactersMax={parameter.charactersMax}
          value={String(parameters[name])}
          error={error}
          onChange={(text) => onChange({ [name]: text })}
        />
      );
    case "steps":
      return (
        <Segmented
          label={label}
          options={parameter.values.map((value) => ({ value: String(value), label: String(value) }))}
          value={String(parameters[name])}
          onChange={(value) => onChange({ [name]: Number(value) })}
        />
      );
    default:
      return parameter satisfies never;
  }
}
