import { slotLabel } from "@/lib/domain/asset";
import { type ConnectionView, REGION_LABELS } from "@/lib/domain/connection";
import { parametersSchemaFor, refuseMediaSet } from "@/lib/domain/models/generation-input";
import type { Mode, Model, SlotName } from "@/lib/domain/models/model";
import { isOfferedAt } from "@/lib/domain/models/price";
import { type Draft, filledSlots, parametersToSend } from "./draft";

/** A reason why the draft cannot be sent; `field` names the place in the form, where there is one. */
export type SubmitReason = { field: string | null; message: string };

/** Every reason at once, so that nobody meets them one by one. */
export function submitReasons(
  model: Model,
  mode: Mode,
  draft: Draft,
  connection: ConnectionView,
): SubmitReason[] {
  return [
    ...offerReasons(model, connection),
    ...mediaReasons(model, mode, draft),
    ...parameterReasons(model, draft),
  ];
}

function offerReasons(model: Model, { place }: ConnectionView): SubmitReason[] {
  if (isOfferedAt(model, place)) return [];
  return [{ field: null, message: `${model.label} is not offered in ${REGION_LABELS[place.region]}.` }];
}

function mediaReasons(model: Model, mode: Mode, draft: Draft): SubmitReason[] {
  const names = Object.keys(model.slots) as SlotName[];
  const unfinished = names.flatMap((name): SubmitReason[] => {
    const content = draft.media[name];
    if (content?.status === "uploading") {
      return [{ field: name, message: `The ${slotLabel(name)} is still on its way.` }];
    }
    if (content?.status === "stopped") {
      const message = content.canRetry
        ? `The ${slotLabel(name)} did not arrive. Send it again.`
        : `The ${slotLabel(name)} was not taken. Choose another picture.`;
      return [{ field: name, message }];
    }
    return [];
  });
  if (unfinished.length > 0) return unfinished;
  const refusal = refuseMediaSet(model, mode, filledSlots(model, draft));
  return refusal ? [{ field: refusal.slot, message: refusal.message }] : [];
}

function parameterReasons(model: Model, draft: Draft): SubmitReason[] {
  const parsed = parametersSchemaFor(model).safeParse(parametersToSend(model, draft));
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => ({
        field: path[0] === undefined ? null : String(path[0]),
        message,
      }));
}
