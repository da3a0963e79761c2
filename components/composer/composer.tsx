"use client";

import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { ParameterName, SlotName } from "@/lib/domain/models/model";
import { effectWords } from "./choice-words";
import { ComposerSummary } from "./composer-summary";
import { GenerateBar } from "./generate-bar";
import { ModeControl } from "./mode-control";
import type { Drop } from "./page-drop";
import { PromptField } from "./prompt-field";
import { SettingsRow } from "./settings-row";
import { stoppedMessage } from "./slot-content";
import { Strip } from "./strip";
import type { ComposerHandle } from "./use-composer";

/**
 * The form. On a wide screen it stands beside the gallery; on a narrow one it is a sheet at the bottom, closed to a
 * summary and the button.
 */
export function Composer({
  composer,
  drop,
  usualWait,
}: {
  composer: ComposerHandle;
  drop: Drop;
  usualWait: string | null;
}) {
  const { state, model, reasons, setParameters, submit } = composer;
  const { draft, refusal, sendingRequestId } = state;
  const [isOpen, setOpen] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const fieldErrors = { ...errorsByField(reasons), ...refusal?.fields };

  // A sentence at a field or a slot must be seen: the sheet opens for it.
  const aboutFiles = fileRefusals(state).join("\n");
  useEffect(() => {
    if (refusal || aboutFiles !== "") setOpen(true);
  }, [refusal, aboutFiles]);

  // Taken: the sheet folds, so that the new card shows that it worked.
  const lastSending = useRef(sendingRequestId);
  useEffect(() => {
    const wasSending = lastSending.current !== null;
    lastSending.current = sendingRequestId;
    if (wasSending && sendingRequestId === null && !refusal) setOpen(false);
  }, [sendingRequestId, refusal]);

  function press(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat) {
      event.preventDefault();
      form.current?.requestSubmit();
    }
    if (event.key === "Escape") setOpen(false);
  }

  return (
    <>
      <div
        aria-hidden="true"
        onClick={() => setOpen(false)}
        className={`fixed inset-0 z-20 bg-veil transition-opacity lg:hidden ${isOpen ? "" : "pointer-events-none opacity-0"}`}
      />
      <form
        ref={form}
        aria-label="New clip"
        onKeyDown={press}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        className="z-20 flex flex-col max-lg:fixed max-lg:inset-x-0 max-lg:bottom-0 max-lg:max-h-[92dvh] max-lg:rounded-t-card max-lg:border max-lg:border-line max-lg:bg-panel max-lg:pb-[env(safe-area-inset-bottom)] max-lg:shadow-2xl lg:sticky lg:top-13 lg:h-[calc(100dvh-52px)] lg:border-line lg:border-r"
      >
        <ComposerSummary composer={composer} isOpen={isOpen} onToggle={setOpen} onChoose={drop.choose} />
        <div
          className={`min-h-0 flex-1 space-y-4 overflow-y-auto overscroll-contain px-4 pt-4 pb-4 ${isOpen ? "" : "max-lg:hidden"}`}
        >
          <ModeControl composer={composer} />
          <Strip
            composer={composer}
            wantedSlot={drop.wantedSlot}
            fieldErrors={fieldErrors}
            onChoose={drop.choose}
          />
          <PromptField
            value={draft.parameters.prompt}
            charactersMax={model.parameters.prompt.charactersMax}
            error={fieldErrors.prompt}
            replacedBy={effectInPlay(composer)}
            onChange={(prompt) => setParameters({ prompt })}
          />
          <SettingsRow composer={composer} fieldErrors={fieldErrors} />
        </div>
        <div className="px-4 pt-3 pb-4 max-lg:pt-2">
          <GenerateBar
            connection={composer.connection}
            price={composer.price}
            usualWait={usualWait}
            tightCap={composer.tightCap}
            reasons={reasons}
            doubt={composer.doubt}
            refusal={refusal && !standsAtAField(refusal.fields, model.slots) ? refusal.message : null}
            isSending={sendingRequestId === draft.requestId}
            isJustSent={composer.isJustSent}
            isBrief={!isOpen}
          />
        </div>
      </form>
    </>
  );
}

function fileRefusals({ draft, turnedAway }: ComposerHandle["state"]): string[] {
  return [
    ...Object.values(turnedAway),
    ...Object.values(draft.media).flatMap((content) => stoppedMessage(content) ?? []),
  ];
}

/** The effect that plays instead of the prompt. */
function effectInPlay({ model, state }: ComposerHandle): string | null {
  const { template } = state.draft.parameters;
  return model.parameters.template && template !== null ? effectWords(template) : null;
}

/** A missing picture is said at the button alone: the empty slot already asks for it. */
function errorsByField(reasons: ComposerHandle["reasons"]): Record<string, string> {
  return Object.fromEntries(
    reasons.flatMap(({ field, message }) =>
      field !== null && field in PARAMETER_FIELDS ? [[field, message]] : [],
    ),
  );
}

const PARAMETER_FIELDS: Record<ParameterName, true> = {
  prompt: true,
  negativePrompt: true,
  resolution: true,
  durationSeconds: true,
  shotType: true,
  sound: true,
  template: true,
  seed: true,
  promptExtend: true,
  watermark: true,
};

/** Fields with a sentence of their own beside them; the rest is said at the button. */
function standsAtAField(
  fields: Record<string, string> | undefined,
  slots: Partial<Record<SlotName, unknown>>,
): boolean {
  const shown = ["prompt", "negativePrompt", "seed", "durationSeconds", ...Object.keys(slots)];
  const names = Object.keys(fields ?? {});
  return names.length > 0 && names.every((name) => shown.includes(name));
}
