import type { ConnectionView } from "@/lib/domain/connection";
import type { ClipView, GenerationParameters, GenerationView, MediaInputs } from "@/lib/domain/generation";
import type { GenerationLife } from "@/lib/domain/generation-state";
import type { Mode } from "@/lib/domain/models/model";
import type { PixelSize } from "@/lib/domain/models/output-size";
import type { Money } from "@/lib/domain/money";
import { readUsage } from "@/lib/domain/usage";

/** A whole row: the life that the state machine moves, and what was asked for, which never changes. */
export type Generation = GenerationLife & {
  id: string;
  ownerId: string;
  requestId: string;
  connection: Pick<ConnectionView, "id" | "label" | "isDemo">;
  modelId: string;
  modelLabel: string;
  mode: Mode;
  media: MediaInputs;
  parameters: GenerationParameters;
  predictedSize: PixelSize | null;
  price: Money | null;
  /** The day it counts for in the spend, `YYYY-MM-DD` in the installation's time zone. */
  spendDay: string;
  retryOf: string | null;
  isDismissed: boolean;
  createdAt: number;
  updatedAt: number;
};

export function toGenerationView(generation: Generation, clip: ClipView | null): GenerationView {
  const { id, requestId, version, state, connection, modelId, modelLabel, mode, media, parameters } =
    generation;
  const { predictedSize, price, cost, remoteWord, createdAt, submittedAt, lastCheckedAt, finishedAt } =
    generation;
  const { failure, cancelRequestedAt, cancelRefusal, actualPrompt, retryOf, isDismissed } = generation;
  return {
    id,
    requestId,
    version,
    state,
    connection,
    modelId,
    modelLabel,
    mode,
    media,
    parameters,
    predictedSize,
    price,
    cost,
    remoteWord,
    createdAt,
    submittedAt,
    lastCheckedAt,
    finishedAt,
    failure,
    cancel: cancelRequestedAt === null ? null : (cancelRefusal ?? "asked"),
    clip,
    actualPrompt,
    usage: readUsage(generation.usage),
    retryOf,
    isDismissed,
  };
}
