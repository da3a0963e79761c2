import { refuseForSlot, slotLabel } from "@/lib/domain/asset";
import { type ConnectionView, placeLabel } from "@/lib/domain/connection";
import { refuseContinuation } from "@/lib/domain/continuation";
import { parametersSchemaFor, refuseMediaSet } from "@/lib/domain/models/generation-input";
import type { Mode, Model, Slot, SlotName } from "@/lib/domain/models/model";
import { placeList, siteAt } from "@/lib/domain/models/offer";
import { estimatePrice } from "@/lib/domain/models/price";
import { doubtAbout, type OrderOutline, refuseOrder } from "@/lib/domain/refuse-order";
import { type CapUse, refuseOverCap } from "@/lib/domain/spend";
import { type Draft, filledSlots, parametersToSend, readyInput, slotsOfMode } from "./draft";

/** A reason why the draft cannot be sent; `field` names the place in the form, where there is one. */
export type SubmitReason = { field: string | null; message: string };

/** Every reason at once, so that nobody meets them one by one. */
export function submitReasons(
  model: Model,
  mode: Mode,
  draft: Draft,
  connection: ConnectionView,
  caps: readonly CapUse[],
): SubmitReason[] {
  return [
    ...offerReasons(model, connection),
    ...mediaReasons(model, mode, draft),
    ...parameterReasons(model, draft),
    ...connectionReasons(model, mode, draft, connection),
    ...capReasons(model, draft, connection, caps),
  ];
}

/** What cannot reach this connection's vendor from here, by the rule that the server asks too. */
function connectionReasons(
  model: Model,
  mode: Mode,
  draft: Draft,
  connection: ConnectionView,
): SubmitReason[] {
  const { prompt } = draft.parameters;
  const refused = refuseOrder(connection, {
    media: weighedFiles(model, mode, draft),
    parameters: { prompt },
  });
  return Object.entries(refused).map(([field, message]) => ({ field, message }));
}

/** What may not work at this connection and is worth trying all the same. */
export function submitDoubt(
  model: Model,
  mode: Mode,
  draft: Draft,
  connection: ConnectionView,
): string | null {
  return doubtAbout(connection, weighedFiles(model, mode, draft));
}

/** The files that would be sent, as far as their weight is known. */
function weighedFiles(model: Model, mode: Mode, draft: Draft): OrderOutline["media"] {
  return Object.fromEntries(
    filledSlots(model, mode, draft).flatMap((name) => {
      const { fileName, mediaType, sizeBytes } = readyInput(draft.media[name]) ?? {};
      return fileName !== undefined && mediaType && typeof sizeBytes === "number"
        ? [[name, { fileName, mediaType, sizeBytes }]]
        : [];
    }),
  );
}

function offerReasons(model: Model, { place }: ConnectionView): SubmitReason[] {
  if (siteAt(model, place)) return [];
  return [
    {
      field: null,
      message: `${model.label} is not offered at ${placeLabel(place)}. It is in ${placeList(model)}.`,
    },
  ];
}

/** In the very words of the server, which decides; the demo is never held. */
function capReasons(
  model: Model,
  { parameters }: Draft,
  connection: ConnectionView,
  caps: readonly CapUse[],
): SubmitReason[] {
  if (connection.isDemo || !siteAt(model, connection.place)) return [];
  const message = refuseOverCap(estimatePrice(model, connection, parameters), caps);
  return message === null ? [] : [{ field: null, message }];
}

const ANOTHER: Record<Slot["kind"], string> = {
  image: "another picture",
  audio: "another sound file",
  video: "another clip",
};

function mediaReasons(model: Model, mode: Mode, draft: Draft): SubmitReason[] {
  const unfinished = slotsOfMode(model, mode).flatMap((name): SubmitReason[] => {
    const content = draft.media[name];
    if (content?.status === "uploading") {
      return [{ field: name, message: `The ${slotLabel(name)} is still on its way.` }];
    }
    if (content?.status === "stopped") {
      const message = content.canRetry
        ? `The ${slotLabel(name)} did not arrive. Send it again.`
        : `The ${slotLabel(name)} was not taken. Choose ${ANOTHER[model.slots[name]?.kind ?? "image"]}.`;
      return [{ field: name, message }];
    }
    return [];
  });
  if (unfinished.length > 0) return unfinished;
  const refusal = refuseMediaSet(
    model,
    mode,
    filledSlots(model, mode, draft),
    parametersToSend(model, draft),
  );
  const refused = refusal ? [{ field: refusal.slot, message: refusal.message }] : [];
  return [...refused, ...unfitFiles(model, mode, draft), ...lengthReasons(model, mode, draft)];
}

/** Files that another model took and that are beyond this one's limits, with the reason of each. */
export function unfitFiles(
  model: Model,
  mode: Mode,
  { media }: Pick<Draft, "media">,
): { field: SlotName; message: string }[] {
  return filledSlots(model, mode, { media }).flatMap((name) => {
    const slot = model.slots[name];
    const input = readyInput(media[name]);
    if (!slot || !input) return [];
    // What an older draft does not know of its file, the server holds against the limit.
    const refusal = refuseForSlot(name, slot, {
      ...input,
      kind: slot.kind,
      mediaType: input.mediaType ?? slot.mediaTypes[0] ?? "",
      sizeBytes: input.sizeBytes ?? 0,
    });
    return refusal ? [{ field: name, message: refusal.message }] : [];
  });
}

function lengthReasons(model: Model, mode: Mode, { media, parameters }: Draft): SubmitReason[] {
  const clip = mode === "continue" ? readyInput(media.firstClip) : null;
  if (!clip || clip.durationSeconds === null) return [];
  const { durationSeconds } = model.parameters;
  const message = refuseContinuation(
    clip.durationSeconds,
    parameters.durationSeconds,
    durationSeconds.values,
  );
  return message === null ? [] : [{ field: "durationSeconds", message }];
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
