import { isDeepStrictEqual } from "node:util";
import { refuseForSlot } from "@/lib/domain/asset";
import { refuseContinuation } from "@/lib/domain/continuation";
import { AppError, type FieldErrors } from "@/lib/domain/errors";
import type { GenerationParameters, GenerationView, MediaInputs } from "@/lib/domain/generation";
import { newLife } from "@/lib/domain/generation-state";
import { newId } from "@/lib/domain/ids";
import { findModel } from "@/lib/domain/models/catalogue";
import {
  type GenerationEnvelope,
  parametersSchemaFor,
  refuseMediaSet,
} from "@/lib/domain/models/generation-input";
import type { Mode, Model, SlotName } from "@/lib/domain/models/model";
import { modelAt, placeList } from "@/lib/domain/models/offer";
import { type PixelSize, predictOutputSize } from "@/lib/domain/models/output-size";
import { estimatePrice } from "@/lib/domain/models/price";
import { formatMoney, isSameMoney } from "@/lib/domain/money";
import { refuseOrder } from "@/lib/domain/refuse-order";
import type { Asset, AssetRepository } from "../assets/asset-repository";
import type { MediaLinks } from "../assets/media-links";
import type { Clock } from "../clock";
import type { Connections } from "../providers/registry";
import type { SpendLedger } from "../spend/spend-ledger";
import type { Generation } from "./generation";
import type { GenerationRepository } from "./generation-repository";

type Order = Pick<Generation, "modelId" | "mode" | "media" | "parameters">;

export type GenerationDesk = {
  generations: GenerationRepository;
  assets: AssetRepository;
  connections: Connections;
  mediaLinks: MediaLinks;
  clock: Clock;
  spend: SpendLedger;
};

/**
 * Takes an order for one clip. Everything that can be refused before money is at stake is refused here, in words and
 * by field; then the row is the job. The same request id again answers with the same generation.
 */
export async function createGeneration(
  desk: GenerationDesk,
  ownerId: string,
  order: GenerationEnvelope & { retryOf?: string },
): Promise<GenerationView> {
  const { connection, model } = findOffer(desk, order);
  const { media, files, fields: mediaFields } = await readMedia(desk, ownerId, model, order.media);
  const parsed = parametersSchemaFor(model).safeParse(order.parameters);
  const parameters = withoutBlanks(parsed.success ? parsed.data : order.parameters);
  const filled = Object.keys(order.media) as SlotName[];
  const badSet = refuseMediaSet(model, order.mode, filled, parameters);
  const fields: FieldErrors = {
    ...(badSet && { [badSet.slot ?? "mode"]: badSet.message }),
    ...mediaFields,
    ...refuseLength(order.mode, media, parameters, model),
    // What only this vendor cannot do, known before anything is spent.
    ...refuseOrder(
      { place: connection.view.place, hasPublicLinks: desk.mediaLinks.canBeReadBy(connection.view) },
      { media: files, parameters: { prompt: promptOf(parameters) } },
    ),
    ...(parsed.success ? {} : toFieldErrors(parsed.error.issues)),
  };
  if (!parsed.success || Object.keys(fields).length > 0) {
    throw new AppError("invalid-input", Object.values(fields).join(" "), { fields });
  }
  const price = estimatePrice(model, connection.view, parameters);
  if (!isSameMoney(price, order.shownPrice)) {
    const now = price ? formatMoney(price) : "not known";
    throw new AppError("price-changed", `The price is ${now} now. Look at it and press Generate again.`);
  }

  const at = desk.clock.now();
  const { id, label, isDemo } = connection.view;
  const made: Generation = {
    id: newId("gen"),
    ownerId,
    requestId: order.requestId,
    connection: { id, label, isDemo },
    modelId: model.id,
    modelLabel: model.label,
    mode: order.mode,
    media,
    parameters,
    predictedSize: predictSize(order.mode, media, parameters),
    price,
    spendDay: desk.spend.today(),
    retryOf: order.retryOf ?? null,
    isDismissed: false,
    createdAt: at,
    updatedAt: at,
    ...newLife(at),
  };
  const { generation, isNew } = await desk.generations.insert(made, desk.spend);
  // The draft was changed since that press: here, where its answer was lost, or in another tab that shares the draft.
  if (!isNew && !isSameOrder(generation, { modelId: model.id, mode: order.mode, media, parameters })) {
    throw new AppError(
      "already-ordered",
      "What stands here has not been sent. This draft was ordered before, as it stood then or in another tab: that clip is in the gallery. Press Generate to send this one too.",
    );
  }
  const [view] = await desk.generations.toViews([generation]);
  if (!view) throw new Error("A generation has no view");
  return view;
}

/** What the form calls the prompt may be anything until the model's schema has judged it. */
function promptOf({ prompt }: { prompt: unknown }): string {
  return typeof prompt === "string" ? prompt : "";
}

function findOffer(desk: GenerationDesk, order: GenerationEnvelope) {
  const connection = desk.connections.offered.find(({ view }) => view.id === order.connectionId);
  if (!connection) {
    throw new AppError(
      "bad-request",
      "This connection is no longer set up. Reload the page to see which are.",
    );
  }
  const known = findModel(order.modelId);
  if (!known) throw new AppError("model-not-offered", "This studio does not have that model.");
  const model = modelAt(known, connection.view.place);
  if (!model) {
    throw new AppError(
      "model-not-offered",
      `${known.label} is not offered at ${connection.view.label}. It is in ${placeList(known)}.`,
    );
  }
  return { connection, model };
}

async function readMedia(
  desk: GenerationDesk,
  ownerId: string,
  model: Model,
  media: GenerationEnvelope["media"],
): Promise<{ media: MediaInputs; files: Partial<Record<SlotName, Asset>>; fields: FieldErrors }> {
  const found: MediaInputs = {};
  const files: Partial<Record<SlotName, Asset>> = {};
  const fields: FieldErrors = {};
  for (const [name, assetId] of Object.entries(media) as [SlotName, string][]) {
    const slot = model.slots[name];
    const asset = await desk.assets.find(ownerId, assetId);
    if (!asset) {
      fields[name] = "This file is not here any more. Add it again.";
      continue;
    }
    files[name] = asset;
    const refusal = slot && refuseForSlot(name, slot, asset);
    if (refusal) fields[name] = refusal.message;
    const { fileName, width, height, durationSeconds, sizeBytes, mediaType } = asset;
    found[name] = { assetId, fileName, width, height, durationSeconds, sizeBytes, mediaType };
  }
  return { media: found, files, fields };
}

function toFieldErrors(issues: readonly { path: PropertyKey[]; message: string }[]): FieldErrors {
  const fields: FieldErrors = {};
  for (const { path, message } of issues) fields[String(path[0] ?? "parameters")] ??= message;
  return fields;
}

/** Optional values that were not given are left out, not carried as undefined. */
function withoutBlanks(parameters: Record<string, unknown>): GenerationParameters {
  const given = Object.entries(parameters).filter(
    ([name, value]) => value !== undefined && (value !== "" || name === "prompt"),
  );
  return Object.fromEntries(given) as GenerationParameters;
}

/** The clip's own seconds count into the film: one no longer than the clip would be paid for nothing new. */
function refuseLength(
  mode: Mode,
  media: MediaInputs,
  parameters: GenerationParameters,
  model: Model,
): FieldErrors {
  const clipSeconds = media.firstClip?.durationSeconds;
  if (mode !== "continue" || !clipSeconds || typeof parameters.durationSeconds !== "number") return {};
  const lengths = model.parameters.durationSeconds.values;
  const message = refuseContinuation(clipSeconds, parameters.durationSeconds, lengths);
  return message === null ? {} : { durationSeconds: message };
}

function predictSize(mode: Mode, media: MediaInputs, { resolution }: GenerationParameters): PixelSize | null {
  const decisive = mode === "continue" ? media.firstClip : media.firstFrame;
  if (!decisive?.width || !decisive.height) return null;
  return predictOutputSize(resolution, { width: decisive.width, height: decisive.height });
}

function isSameOrder(made: Order, asked: Order): boolean {
  const essence = ({ modelId, mode, media, parameters }: Order) => ({
    modelId,
    mode,
    media: Object.fromEntries(Object.entries(media).map(([slot, { assetId }]) => [slot, assetId])),
    parameters,
  });
  return isDeepStrictEqual(essence(made), essence(asked));
}
