import { MODE_LABELS } from "@/lib/domain/models/mode-labels";
import type { Model } from "@/lib/domain/models/model";
import { type Draft, modeFor, parametersToSend, slotsAside } from "./draft";
import { fileNameOf } from "./held-file";
import { unfitFiles } from "./submit-reasons";

type Setting = { model: Model; draft: Draft };

/** What a change of model took from the creator, in words; empty when nothing gave way. */
export function gaveWay(before: Setting, after: Setting): string[] {
  const [was, is] = [
    parametersToSend(before.model, before.draft),
    parametersToSend(after.model, after.draft),
  ];
  const [oldMode, newMode] = [modeFor(before.model, before.draft), modeFor(after.model, after.draft)];
  const asideBefore = slotsAside(before.model, oldMode, before.draft);
  const nowAside = slotsAside(after.model, newMode, after.draft).filter(
    (name) => !asideBefore.includes(name),
  );
  const unfitBefore = unfitFiles(before.model, oldMode, before.draft).map(({ field }) => field);
  const nowUnfit = unfitFiles(after.model, newMode, after.draft).filter(
    ({ field }) => !unfitBefore.includes(field),
  );
  return [
    oldMode !== newMode && `“${MODE_LABELS[oldMode]}” became “${MODE_LABELS[newMode]}”`,
    was.durationSeconds !== is.durationSeconds && `${was.durationSeconds} s became ${is.durationSeconds} s`,
    was.resolution !== is.resolution && `${was.resolution} became ${is.resolution}`,
    was.shotType === "multi" && !is.shotType && "several shots are for your words to ask for",
    was.sound === "silent" && !is.sound && "silence cannot be chosen",
    was.template && !is.template && `the effect “${was.template}” is off`,
    ...nowUnfit.map(({ field }) => `${fileNameOf(after.draft.media[field])} does not fit`),
    ...nowAside.map((name) => `${fileNameOf(after.draft.media[name])} is kept aside`),
  ].filter((words) => typeof words === "string" && words !== "") as string[];
}
