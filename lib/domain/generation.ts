import type { Failure } from "./failure";
import type { Mode, ResolutionTier, ShotType, SlotName, Sound } from "./models/model";
import type { PixelSize } from "./models/output-size";
import type { Money } from "./money";
import { latestCreation } from "./start-match";
import type { Usage } from "./usage";

/** One row's life; `generation-state.ts` says what may follow what. */
export const GENERATION_STATES = [
  "queued",
  "submitting",
  "unconfirmed",
  "running",
  "saving",
  "succeeded",
  "failed",
  "cancelled",
] as const;
export type GenerationState = (typeof GENERATION_STATES)[number];

const TERMINAL: readonly GenerationState[] = ["succeeded", "failed", "cancelled"];

export function isTerminal(state: GenerationState): boolean {
  return TERMINAL.includes(state);
}

/**
 * Why a cancel cannot take a task back: the vendor has begun it, or offers no way to. (API reference, "Cancel an
 * asynchronous task": only while PENDING.)
 */
export type CancelRefusal = "too-late" | "not-offered";

/** An input as it was when the generation was asked for; it stays readable when the asset is gone. */
export type MediaInput = {
  assetId: string;
  fileName: string;
  width: number | null;
  height: number | null;
  durationSeconds: number | null;
  /** Null, as the next, in what was kept before they were kept too. */
  sizeBytes: number | null;
  mediaType: string | null;
};
export type MediaInputs = Partial<Record<SlotName, MediaInput>>;

export type GenerationParameters = {
  prompt: string;
  negativePrompt?: string;
  resolution: ResolutionTier;
  durationSeconds: number;
  shotType?: ShotType;
  sound?: Sound;
  template?: string;
  seed?: number;
  promptExtend?: boolean;
  watermark?: boolean;
};

/** The finished file, probed on our own disk. */
export type ClipView = PixelSize & {
  assetId: string;
  posterAssetId: string;
  durationSeconds: number;
  sizeBytes: number;
};

/** A whole generation as its owner may see it. Instants are epoch milliseconds. */
export type GenerationView = {
  id: string;
  /** The press that ordered it: a page whose answer was lost knows its order by it. */
  requestId: string;
  /** Grows with every write: of two views of one generation the higher version is the newer. */
  version: number;
  state: GenerationState;
  connection: { id: string; label: string; isDemo: boolean };
  modelId: string;
  modelLabel: string;
  mode: Mode;
  media: MediaInputs;
  parameters: GenerationParameters;
  /** What the rule predicts; null where no picture decides the ratio. */
  predictedSize: PixelSize | null;
  /** The estimate shown at submit; null where the price is not known. */
  price: Money | null;
  /** What the vendor billed, once it has said so. */
  cost: Money | null;
  /** The vendor's own status word while it runs, as it came. */
  remoteWord: string | null;
  createdAt: number;
  submittedAt: number | null;
  /** When the vendor was last asked. */
  lastCheckedAt: number | null;
  finishedAt: number | null;
  failure: Failure | null;
  /** How the cancel stands that was asked for; null where none was. */
  cancel: "asked" | CancelRefusal | null;
  clip: ClipView | null;
  /** The prompt as the vendor rewrote it, where it says. */
  actualPrompt: string | null;
  /** What the vendor says it bills; null where it says nothing that we can read. */
  usage: Usage | null;
  retryOf: string | null;
  /** The owner has seen a failure and put it away. */
  isDismissed: boolean;
};

/** From when a start of unknown fate may be closed, epoch ms: before, its answer may still come or its task be made. */
export function closableAt({
  submittedAt,
  createdAt,
}: Pick<GenerationView, "submittedAt" | "createdAt">): number {
  return latestCreation(submittedAt ?? createdAt) + 1;
}
