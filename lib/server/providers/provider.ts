import type { ConnectionCheck, ConnectionPlace } from "@/lib/domain/connection";
import type { Failure } from "@/lib/domain/failure";
import type { GenerationParameters } from "@/lib/domain/generation";
import type { InputWay } from "@/lib/domain/input-way";
import type { Mode, Model, SlotName } from "@/lib/domain/models/model";

/** An input as a local file, already in a form that vendors take. */
export type JobFile = {
  path: string;
  mediaType: string;
  sizeBytes: number;
  /** Where the vendor could fetch the same file from us; absent where it cannot reach us. */
  publicUrl?: string | null;
};

export type StartJob = {
  model: Model;
  place: ConnectionPlace;
  mode: Mode;
  media: Partial<Record<SlotName, JobFile>>;
  parameters: GenerationParameters;
  /** Ways by which the vendor could not read this order's files before. */
  unreadWays?: readonly InputWay[];
};

/** What went out, and how, in the order of the call. */
export type SentMedia = Partial<Record<SlotName, InputWay>>;

export type SentInputs = {
  sent: SentMedia;
  /** Those of the ways taken that need not be the last: every file that went so has another left. */
  spareWays?: readonly InputWay[];
  /** Ways that were tried for this order before, and not read. */
  unreadWays?: readonly InputWay[];
};

/** The adapter's own record of a started task: plain JSON, opaque to everyone else. */
export type RemoteTask = {
  taskId: string;
  /** What the vendor said when it accepted that it would bill, where it says so then. */
  usage?: unknown;
} & Partial<SentInputs>;

export type RemoteResult = { url: string; expiresAt: number | null };

/** What the vendor's own clock tells of a task, in ms since its submission; null where it does not. */
export type TaskTimes = { queueMs: number | null; endMs: number | null };

export type RemoteStatus = RemoteStanding & { times?: TaskTimes };

type RemoteStanding =
  | { kind: "queued" | "running"; word: string }
  | {
      kind: "succeeded";
      result: RemoteResult;
      usage: unknown;
      actualPrompt: string | null;
      /** The prompt as it was sent, where the vendor repeats it. */
      sentPrompt: string | null;
    }
  /** `unreadWay`: nothing but the way of the inputs was at fault, nothing was billed, and another way is left. */
  | { kind: "failed"; failure: Failure; unreadWay?: InputWay }
  | { kind: "cancelled" }
  /** The vendor does not have the task (any more). */
  | { kind: "expired"; word: string }
  /** A word outside the documented list: it ends nothing and hides nothing. */
  | { kind: "unlisted"; word: string };

/** A start with its inputs where the vendor can read them: all that is left is the one call that may cost money. */
export type PreparedStart = { url: string; headers: Record<string, string>; body: string } & SentInputs;

/** One row of the vendor's own list of tasks. Instants are epoch milliseconds. */
export type ListedTask = {
  taskId: string;
  word: string;
  modelName: string | null;
  requestId: string | null;
  createdAt: number | null;
  startedAt: number | null;
  endedAt: number | null;
};

export type TaskFilter = { modelName?: string; word?: string; taskId?: string; page?: number };
export type TaskPage = { tasks: ListedTask[]; pageCount: number };

/**
 * One vendor, one region, one key. No waiting and no loop inside: a method either answers or throws a ProviderError.
 */
export interface VideoProvider {
  /** Makes the inputs readable for the vendor. Costs nothing and may be done again. */
  prepare(job: StartJob, signal: AbortSignal): Promise<PreparedStart>;
  /** Starts a task that costs money when it succeeds: one call, never repeated in here. */
  start(prepared: PreparedStart, signal: AbortSignal): Promise<RemoteTask>;
  /** `isLastTry`: the task may be gone before we could ask again. */
  check(task: RemoteTask, signal: AbortSignal, isLastTry?: boolean): Promise<RemoteStatus>;
  /** Takes back a task that the vendor has not begun. */
  cancel?(task: RemoteTask, signal: AbortSignal): Promise<"cancelled" | "too-late">;
  /** The account's tasks of the last 24 hours, whoever started them. */
  list?(filter: TaskFilter, signal: AbortSignal): Promise<TaskPage>;
  /** Looks at key, region, models and inputs as far as that costs nothing. Never throws for what it finds. */
  test(hasPublicLinks: boolean, signal: AbortSignal): Promise<ConnectionCheck[]>;
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
  /** How often the same start is worth sending in all; null where waiting is all it takes. */
  readonly triesMax: number | null;
  readonly retryAfterMs: number | null;
  /** Surely nothing started, and only for the way of the inputs, where another is left. */
  readonly unreadWay: InputWay | null;

  constructor(options: {
    failure: Failure;
    accepted: "no" | "unknown";
    isRetryable: boolean;
    triesMax?: number | null;
    retryAfterMs?: number | null;
    unreadWay?: InputWay | null;
    cause?: unknown;
  }) {
    super(options.failure.raw?.message ?? options.failure.title, { cause: options.cause });
    this.name = "ProviderError";
    this.failure = options.failure;
    this.accepted = options.accepted;
    this.isRetryable = options.isRetryable;
    this.triesMax = options.triesMax ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.unreadWay = options.unreadWay ?? null;
  }

  /** The same error, with more known of it. */
  with(known: { failure: Failure } | { unreadWay: InputWay }): ProviderError {
    return new ProviderError({ ...this, ...known, cause: this });
  }
}
