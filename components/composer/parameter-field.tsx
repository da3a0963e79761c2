"use client";

import { ChoiceList } from "@/components/ui/choice-list";
import { Popover } from "@/components/ui/popover";
import { Segmented } from "@/components/ui/segmented";
import { ToggleChip } from "@/components/ui/toggle-chip";
import type { Parameter, ParameterName } from "@/lib/domain/models/model";
import { chipClass } from "./chip";
import { choiceWords, effectWords } from "./choice-words";
import type { DraftParameters } from "./draft";
import { SeedField } from "./seed-field";
import { TextField } from "./text-field";

/** The prompt and the duration have places of their own. */
export type ChipName = Exclude<ParameterName, "prompt" | "durationSeconds">;

export const CHIP_LABELS: Record<ChipName, string> = {
  resolution: "Resolution",
  shotType: "Shots",
  sound: "Sound",
  template: "Effect",
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
  hasAudio,
  error,
  onChange,
}: {
  name: ChipName;
  parameter: Parameter;
  parameters: DraftParameters;
  /** Given audio is what is heard. */
  hasAudio: boolean;
  error: string | undefined;
  onChange: (parameters: Partial<DraftParameters>) => void;
}) {
  const label = CHIP_LABELS[name];
  switch (parameter.kind) {
    case "choice":
      return (
        <Segmented
          label={label}
          showsLabel={name !== "resolution"}
          options={parameter.values.map((value) => ({
            value,
            label: hasAudio && value === "automatic" ? "Your audio" : choiceWords(value),
          }))}
          value={String(parameters[name])}
          onChange={(value) => onChange({ [name]: value })}
        />
      );
    case "optional-choice":
      return (
        <Popover
          label={label}
          triggerClassName={chipClass}
          trigger={
            <>
              {label}
              <span
                className={`text-caption ${parameters.template === null ? "text-muted" : "text-lamp-ink"}`}
              >
                {parameters.template === null ? "none" : effectWords(parameters.template)}
              </span>
            </>
          }
        >
          <ChoiceList
            label={label}
            choices={[
              { value: null, label: "None" },
              ...parameter.values.map((value) => ({ value, label: effectWords(value) })),
            ]}
            value={parameters.template}
            onChoose={(template) => onChange({ template })}
          />
        </Popover>
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
