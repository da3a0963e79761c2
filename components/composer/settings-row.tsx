"use client";

import type { Parameter } from "@/lib/domain/models/model";
import { AlternativeWords } from "./alternative-words";
import { ConnectionChip } from "./connection-chip";
import { slotsOfMode } from "./draft";
import { ModelPicker } from "./model-picker";
import { CHIP_LABELS, type ChipName, ParameterField } from "./parameter-field";
import { byAlternative, listed, untaken } from "./untaken";
import type { ComposerHandle } from "./use-composer";

const CHIP_ORDER: readonly ChipName[] = [
  "resolution",
  "shotType",
  "sound",
  "template",
  "seed",
  "promptExtend",
  "negativePrompt",
  "watermark",
];

/** Model, connection and every setting in its place; what the model does not take stays there, dimmed, with its reason. */
export function SettingsRow({
  composer,
  fieldErrors,
}: {
  composer: ComposerHandle;
  fieldErrors: Record<string, string>;
}) {
  const { model, mode, connection, connections, state, setParameters } = composer;
  const { parameters, media } = state.draft;
  const hasAudio = media.drivingAudio !== undefined && slotsOfMode(model, mode).includes("drivingAudio");
  const missing = untaken(model, mode, connection.place, hasAudio);
  return (
    <div>
      <fieldset className="flex min-w-0 flex-wrap items-center gap-2">
        <legend className="sr-only">Settings</legend>
        <ModelPicker composer={composer} />
        <ConnectionChip
          connections={connections}
          connection={connection}
          onChoose={composer.chooseConnection}
        />
        {CHIP_ORDER.map((name) => {
          const parameter: Parameter | undefined = model.parameters[name];
          const lacking = missing.find((one) => one.name === name);
          if (lacking) return <DimmedChip key={name} label={CHIP_LABELS[name]} state={lacking.state} />;
          return (
            parameter && (
              <ParameterField
                key={name}
                name={name}
                parameter={parameter}
                parameters={parameters}
                hasAudio={hasAudio}
                error={fieldErrors[name]}
                onChange={setParameters}
              />
            )
          );
        })}
      </fieldset>
      {missing.length > 0 && (
        <p className="mt-2 text-caption text-muted">
          {`${model.label} ${listed(
            missing.map(({ reason }) => reason),
            "and",
          )}.`}
          {byAlternative(missing).map(({ wishes, alternative }) => (
            <AlternativeWords
              key={wishes.join()}
              wish={listed(wishes, "or")}
              alternative={alternative}
              onChoose={composer.chooseModel}
            />
          ))}
        </p>
      )}
    </div>
  );
}

function DimmedChip({ label, state }: { label: string; state: string }) {
  return (
    <span className="inline-flex min-h-8 items-center gap-2 rounded-control border border-line border-dashed px-3 text-muted text-small pointer-coarse:min-h-11">
      {label}
      <span className="text-caption">{state}</span>
    </span>
  );
}
