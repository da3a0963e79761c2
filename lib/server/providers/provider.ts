import type { ConnectionPlace } from "@/lib/domain/connection";
import type { Failure } from "@/lib/domain/failure";
import type { GenerationParameters } from "@/lib/domain/generation";
import type { Mode, Model, SlotName } from "@/lib/domain/models/model";

/** An input as a local file, already in a form that vendors take. */
export type JobFile = { path: string; mediaType: string; sizeBytes: number };

export type StartJob = {
  model: Model;
  place: ConnectionPlace;
  mode: Mode;
  media: Partial<Record<SlotName, JobFile>>;
  parameters: GenerationParameters;
};

/** The adapter's own record of a started task: plain JSON, opaque to everyone else. */
export type RemoteTask = { taskId: string };

export type RemoteResult = { url: string; expiresAt: number | null };

export type RemoteStatus =
  | { kind: "queued" | "running"; word: string }
  | { kind: "succeeded"; result: RemoteResult; usage: unknown; actualPrompt: string | null }
  | { kind: "failed"; failure: Failure }
  | { kind: "cancelled" }
  /** The vendor does not have the task (any more). */
  | { kind: "expired"; word: string }
  /** A word outside the documented list: it ends nothing and hides nothing. */
  | { kind: "unlisted"; word: string };

/** A start with its inputs where the vendor can read them: all that is left is the one call that may cost money. */
export type PreparedStart = { url: string; headers: Record<string, string>; body: string };

/** One vendor, one region, one key. No retry loop inside: every method is one try and throws a ProviderError. */
export interface VideoProvider {
  /** Makes the inputs readable for the vendor. Costs nothing and may be done again. */
  prepare(job: StartJob, signal: AbortSignal): Promise<PreparedStart>;
  /** Starts a task that costs money when it succeeds. */
  start(prepared: PreparedStart, signal: AbortSignal): Promise<RemoteTask>;
  check(task: RemoteTask, signal: AbortSignal): Promise<RemoteStatus>;
  /** How long the vendor remembers a task, ms. */
  readonly taskLifeMs: number;
}

/**
 * A call that did not work. `accepted` says whether a start may have happened all the same: `no` needs proof (a
 * connection that never opened, a refusal in the vendor's own words); everything else after sending is `unknown`.
 */
export class ProviderError extends Error {
  readonly failure: Failure;
  readonly accepted: "no" | "unknown";
  readonly isRetryable: boolean;
  readonly retryAfterMs: number | null;

  constructor(options: {
    failure: Failure;
    accepted: "no" | "unknown";
    isRetryable: boolean;
    retryAfterMs?: number | null;
    cause?: unknown;
  }) {
    super(options.failure.raw?.message ?? options.failure.title, { cause: options.cause });
    this.name = "ProviderError";
    this.failure = options.failure;
    this.accepted = options.accepted;
    this.isRetryable = options.isRetryable;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
