import type { Selectable } from "kysely";
import type { CancelRefusal, GenerationState, MediaInput, MediaInputs } from "@/lib/domain/generation";
import type { Mode } from "@/lib/domain/models/model";
import type { Money } from "@/lib/domain/money";
import { spendOf } from "@/lib/domain/spend";
import type { GenerationTable } from "../db/schema";
import type { RemoteTask } from "../providers/provider";
import type { Generation } from "./generation";

export type GenerationRow = Selectable<GenerationTable>;

/** The one place where a row becomes a generation; the JSON columns were written by `toRow`. */
export function toGeneration(row: GenerationRow): Generation {
  return {
    id: row.id,
    ownerId: row.owner_id,
    requestId: row.request_id,
    version: row.version,
    state: row.state as GenerationState,
    connection: { id: row.connection_id, label: row.connection_label, isDemo: row.is_demo === 1 },
    modelId: row.model_id,
    modelLabel: row.model_label,
    mode: row.mode as Mode,
    media: readMedia(row.media_json),
    parameters: JSON.parse(row.parameters_json),
    predictedSize:
      row.predicted_width !== null && row.predicted_height !== null
        ? { width: row.predicted_width, height: row.predicted_height }
        : null,
    price: toMoney(row.price_amount_micro, row.price_currency),
    cost: toMoney(row.cost_amount_micro, row.cost_currency),
    spendDay: row.spend_day,
    attempt: row.attempt,
    dueAt: row.due_at,
    deadlineAt: row.deadline_at,
    remoteTask: parse(row.remote_task_json),
    remoteWord: row.remote_word,
    unreadWays: parse(row.unread_ways_json) ?? [],
    formerTaskId: row.former_task_id,
    submittedAt: row.submitted_at,
    lastCheckedAt: row.last_checked_at,
    cancelRequestedAt: row.cancel_requested_at,
    cancelRefusal: row.cancel_refusal as CancelRefusal | null,
    finishedAt: row.finished_at,
    result: parse(row.result_json),
    usage: parse(row.usage_json),
    actualPrompt: row.actual_prompt,
    failure: parse(row.failure_json),
    videoAssetId: row.video_asset_id,
    posterAssetId: row.poster_asset_id,
    retryOf: row.retry_of,
    isDismissed: row.is_dismissed === 1,
    restoredAt: row.restored_at,
    spoolId: row.spool_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Rows of an older version do not say how heavy their files are, nor of what type. */
function readMedia(json: string): MediaInputs {
  const inputs = Object.entries<MediaInput>(JSON.parse(json));
  return Object.fromEntries(inputs.map(([slot, input]) => [slot, { ...UNKNOWN_WEIGHT, ...input }]));
}

const UNKNOWN_WEIGHT = { sizeBytes: null, mediaType: null };

/** The columns that an event can change. */
export function lifeColumns(life: Generation) {
  const spend = spendOf(life);
  return {
    cost_amount_micro: life.cost?.amountMicro ?? null,
    cost_currency: life.cost?.currency ?? null,
    spend_kind: spend?.kind ?? null,
    spend_amount_micro: spend?.amountMicro ?? null,
    spend_currency: spend?.currency ?? null,
    version: life.version,
    state: life.state,
    attempt: life.attempt,
    due_at: life.dueAt,
    deadline_at: life.deadlineAt,
    remote_task_json: stringify(life.remoteTask),
    remote_task_id: (life.remoteTask as RemoteTask | null)?.taskId ?? null,
    remote_word: life.remoteWord,
    former_task_id: life.formerTaskId,
    unread_ways_json: life.unreadWays.length > 0 ? stringify(life.unreadWays) : null,
    submitted_at: life.submittedAt,
    last_checked_at: life.lastCheckedAt,
    cancel_requested_at: life.cancelRequestedAt,
    cancel_refusal: life.cancelRefusal,
    finished_at: life.finishedAt,
    result_json: stringify(life.result),
    usage_json: stringify(life.usage),
    actual_prompt: life.actualPrompt,
    failure_json: stringify(life.failure),
    video_asset_id: life.videoAssetId,
    poster_asset_id: life.posterAssetId,
  };
}

export function toRow(generation: Generation): GenerationRow {
  return {
    id: generation.id,
    owner_id: generation.ownerId,
    request_id: generation.requestId,
    connection_id: generation.connection.id,
    connection_label: generation.connection.label,
    is_demo: generation.connection.isDemo ? 1 : 0,
    model_id: generation.modelId,
    model_label: generation.modelLabel,
    mode: generation.mode,
    media_json: JSON.stringify(generation.media),
    parameters_json: JSON.stringify(generation.parameters),
    predicted_width: generation.predictedSize?.width ?? null,
    predicted_height: generation.predictedSize?.height ?? null,
    price_amount_micro: generation.price?.amountMicro ?? null,
    price_currency: generation.price?.currency ?? null,
    spend_day: generation.spendDay,
    lease_holder: null,
    lease_until: null,
    retry_of: generation.retryOf,
    is_dismissed: generation.isDismissed ? 1 : 0,
    restored_at: generation.restoredAt,
    spool_id: generation.spoolId,
    created_at: generation.createdAt,
    updated_at: generation.updatedAt,
    ...lifeColumns(generation),
  };
}

function toMoney(amountMicro: number | null, currency: string | null): Money | null {
  if (amountMicro === null || currency === null) return null;
  return { amountMicro, currency: currency as Money["currency"] };
}

function parse(json: string | null) {
  return json === null ? null : JSON.parse(json);
}

function stringify(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
