import type { Failure } from "./failure";
import type { CancelRefusal, GenerationState } from "./generation";
import type { InputWay } from "./input-way";
import type { Money } from "./money";

/** The part of a generation that the state machine reads and writes. Instants are epoch milliseconds. */
export type GenerationLife = {
  state: GenerationState;
  version: number;
  /** Tries of the step at hand: starts while it waits to be sent, downloads while it is being saved. */
  attempt: number;
  /** When the worker should next look at the row; null once it has ended. */
  dueAt: number | null;
  /** Past it the vendor no longer knows the task. */
  deadlineAt: number | null;
  /** The adapter's own record of the task, opaque to us. */
  remoteTask: unknown;
  remoteWord: string | null;
  /** Ways by which the vendor proved that it could not read the inputs: none of them is tried again. */
  unreadWays: readonly InputWay[];
  /** The vendor's id of the task that ended for it: still ours, should it turn up in a list. */
  formerTaskId: string | null;
  /** When a backup brought it back on its way: it may have been sent anew since, and never waits to be sent again. */
  restoredAt: number | null;
  /** Which data folder has the whole film, fetched and not stored yet. */
  spoolId: string | null;
  submittedAt: number | null;
  lastCheckedAt: number | null;
  cancelRequestedAt: number | null;
  /** Why the cancel that was asked for can no longer take the task back; null while that is open. */
  cancelRefusal: CancelRefusal | null;
  finishedAt: number | null;
  /** Where the vendor keeps the finished file, and until when (null: not said). */
  result: { url: string; expiresAt: number | null } | null;
  usage: unknown;
  /** What the vendor billed by its own word; null where it has not said, or says it in a way we cannot read. */
  cost: Money | null;
  actualPrompt: string | null;
  /** Why it failed; while it still waits, why the last try did not work. */
  failure: Failure | null;
  videoAssetId: string | null;
  posterAssetId: string | null;
};

export type GenerationEvent =
  /** The worker takes the row and writes down that it is about to send. */
  | { type: "claimed"; at: number }
  | { type: "accepted"; at: number; remoteTask: unknown; deadlineAt: number; dueAt: number }
  /** Surely not accepted; another try follows at `dueAt`. The failure says why it has to wait. */
  | { type: "postponed"; at: number; dueAt: number; failure: Failure }
  | { type: "refused"; at: number; failure: Failure }
  /** Perhaps accepted, perhaps billed. Never sent again by itself. */
  | { type: "fate-unknown"; at: number; dueAt: number | null; failure: Failure }
  | { type: "found"; at: number; remoteTask: unknown; deadlineAt: number; dueAt: number }
  /** Another look at the vendor's list did not settle it; the failure says how it stands. */
  | { type: "still-unconfirmed"; at: number; dueAt: number | null; failure: Failure }
  /**
   * The vendor proved that it could not read the inputs as they went (refused the start, or ended the task as FAILED,
   * which costs nothing), and another way is left: the same order goes out again by it. `taskId` is null where no task was made.
   */
  | { type: "inputs-unread"; at: number; way: InputWay; taskId: string | null; failure: Failure }
  | { type: "closed-by-person"; at: number; failure: Failure }
  /** A look at the vendor that changed nothing but what is known. */
  | { type: "progressed"; at: number; remoteWord: string | null; dueAt: number }
  /** The vendor asked us to wait, so nobody looked. */
  | { type: "put-off"; at: number; dueAt: number }
  | { type: "cancel-asked"; at: number }
  /** The task is beyond taking back: it goes on, and what comes of it is kept. */
  | { type: "cancel-refused"; at: number; refusal: CancelRefusal; remoteWord: string | null; dueAt: number }
  | {
      type: "finished";
      at: number;
      result: { url: string; expiresAt: number | null };
      usage: unknown;
      cost: Money | null;
      actualPrompt: string | null;
    }
  | { type: "remote-cancelled"; at: number }
  | { type: "remote-failed"; at: number; failure: Failure }
  | { type: "stored"; at: number; videoAssetId: string; posterAssetId: string }
  /** The file could not be fetched or kept yet; a fresh link may come with it. */
  | {
      type: "not-stored";
      at: number;
      dueAt: number;
      failure: Failure;
      result?: { url: string; expiresAt: number | null };
    }
  | { type: "lost"; at: number; failure: Failure };

export type GenerationEventType = GenerationEvent["type"];

/** A row as it is written first, due at once. */
export function newLife(at: number): GenerationLife {
  return {
    state: "queued",
    version: 1,
    attempt: 0,
    dueAt: at,
    deadlineAt: null,
    remoteTask: null,
    remoteWord: null,
    unreadWays: [],
    formerTaskId: null,
    restoredAt: null,
    spoolId: null,
    submittedAt: null,
    lastCheckedAt: null,
    cancelRequestedAt: null,
    cancelRefusal: null,
    finishedAt: null,
    result: null,
    usage: null,
    cost: null,
    actualPrompt: null,
    failure: null,
    videoAssetId: null,
    posterAssetId: null,
  };
}

/** What each state takes. A pair that is not here is refused. */
export const TRANSITIONS: Record<GenerationState, readonly GenerationEventType[]> = {
  queued: ["claimed", "postponed", "cancel-asked", "refused"],
  submitting: ["accepted", "postponed", "refused", "inputs-unread", "fate-unknown", "cancel-asked"],
  unconfirmed: ["found", "still-unconfirmed", "refused", "closed-by-person"],
  running: [
    "progressed",
    "put-off",
    "cancel-asked",
    "cancel-refused",
    "finished",
    "remote-cancelled",
    "remote-failed",
    "inputs-unread",
  ],
  saving: ["stored", "not-stored", "lost"],
  succeeded: [],
  failed: [],
  cancelled: [],
};

/**
 * The generation after the event, or null where the event may not happen in that state: a late result cannot revive a
 * row that has ended. Pure; the caller writes the answer only if the row still has the version it read.
 */
export function next<Life extends GenerationLife>(life: Life, event: GenerationEvent): Life | null {
  if (!TRANSITIONS[life.state].includes(event.type)) return null;
  const changed = changes(life, event);
  const isSentAgain = changed.state === "queued" && life.restoredAt !== null;
  return {
    ...life,
    ...(isSentAgain ? { ...ended("failed", event.at), failure: changed.failure ?? null } : changed),
    version: life.version + 1,
  };
}

function changes(life: GenerationLife, event: GenerationEvent): Partial<GenerationLife> {
  switch (event.type) {
    case "claimed":
      return { state: "submitting", attempt: life.attempt + 1, submittedAt: event.at };
    case "accepted":
    case "found":
      return {
        state: "running",
        remoteTask: event.remoteTask,
        deadlineAt: event.deadlineAt,
        // A vendor takes a task back only while it waits: a wish that came during the start is not kept waiting.
        dueAt: life.cancelRequestedAt === null ? event.dueAt : event.at,
        failure: null,
      };
    case "postponed":
      if (life.cancelRequestedAt !== null) return neverSent(event.at);
      return {
        state: "queued",
        attempt: life.state === "queued" ? life.attempt + 1 : life.attempt,
        submittedAt: null,
        dueAt: event.dueAt,
        failure: event.failure,
      };
    case "still-unconfirmed":
      return { lastCheckedAt: event.at, dueAt: event.dueAt, failure: event.failure };
    case "inputs-unread":
      return afterUnreadInputs(life, event);
    case "fate-unknown":
      return { state: "unconfirmed", dueAt: event.dueAt, failure: event.failure };
    case "progressed":
      return { remoteWord: event.remoteWord, lastCheckedAt: event.at, dueAt: event.dueAt };
    case "put-off":
      return { dueAt: event.dueAt };
    case "cancel-asked":
      if (life.state === "queued") return { ...neverSent(event.at), cancelRequestedAt: event.at };
      return {
        cancelRequestedAt: life.cancelRequestedAt ?? event.at,
        // A start under way has its own end; only a task that is known can be acted on.
        ...(life.state === "running" && { dueAt: event.at }),
      };
    case "cancel-refused":
      return {
        cancelRefusal: event.refusal,
        remoteWord: event.remoteWord,
        lastCheckedAt: event.at,
        dueAt: event.dueAt,
      };
    case "finished":
      return {
        state: "saving",
        attempt: 0,
        result: event.result,
        usage: event.usage,
        cost: event.cost,
        actualPrompt: event.actualPrompt,
        lastCheckedAt: event.at,
        dueAt: event.at,
      };
    case "stored":
      // What was paid for is kept, even if a cancel was asked while it ran.
      return {
        ...ended(life.cancelRequestedAt === null ? "succeeded" : "cancelled", event.at),
        videoAssetId: event.videoAssetId,
        posterAssetId: event.posterAssetId,
      };
    case "not-stored":
      return {
        dueAt: event.dueAt,
        attempt: life.attempt + 1,
        failure: event.failure,
        ...(event.result && { result: event.result }),
      };
    case "remote-cancelled":
      return ended("cancelled", event.at);
    case "refused":
    case "closed-by-person":
    case "remote-failed":
    case "lost":
      return { ...ended("failed", event.at), failure: event.failure };
  }
}

/** Once for each way: a vendor that says it again has had its chance, and whoever asked to stop is not sent again. */
function afterUnreadInputs(
  { unreadWays, formerTaskId, cancelRequestedAt }: GenerationLife,
  { at, way, taskId, failure }: Extract<GenerationEvent, { type: "inputs-unread" }>,
): Partial<GenerationLife> {
  if (cancelRequestedAt !== null) return ended("cancelled", at);
  if (unreadWays.includes(way)) return { ...ended("failed", at), failure };
  return {
    state: "queued",
    attempt: 0,
    dueAt: at,
    deadlineAt: null,
    remoteTask: null,
    remoteWord: null,
    submittedAt: null,
    failure,
    unreadWays: [...unreadWays, way],
    formerTaskId: taskId ?? formerTaskId,
  };
}

/** Taken back before any vendor had it. */
function neverSent(at: number): Partial<GenerationLife> {
  return { ...ended("cancelled", at), submittedAt: null };
}

function ended(state: GenerationState, at: number): Partial<GenerationLife> {
  return { state, finishedAt: at, dueAt: null, failure: null };
}

/** A look at the vendor that told nothing new, or was put off: it moves the row, but is no part of its history. */
export function isMereLook(before: GenerationLife, event: GenerationEvent): boolean {
  if (event.type === "progressed" || event.type === "put-off") return true;
  return event.type === "still-unconfirmed" && event.failure.explanation === before.failure?.explanation;
}
