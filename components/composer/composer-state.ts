import type { ErrorView } from "@/lib/domain/errors";
import type { GenerationView, MediaInput } from "@/lib/domain/generation";
import type { Mode, Model, SlotName } from "@/lib/domain/models/model";
import type { PixelSize } from "@/lib/domain/models/output-size";
import {
  type Draft,
  type DraftParameters,
  draftFrom,
  fitParameters,
  modeFor,
  modeWith,
  modeWithout,
  type SlotContent,
} from "./draft";
import { fileNameOf, goodOne, isWorthKeeping } from "./held-file";

export type ComposerState = {
  draft: Draft;
  /** The draft that gave way to another one, for Undo; `model` when only model and connection changed. */
  setAside: { draft: Draft; by: "reuse" | "model" } | null;
  /** The request on its way to the server. */
  sendingRequestId: string | null;
  /** Why the last file for a slot was not taken, where a good one lies there and stays. */
  turnedAway: Partial<Record<SlotName, string>>;
  /** The request whose answer was lost: it may have arrived. */
  unansweredRequestId: string | null;
  /** What the server refused last; a field's part goes when that field is touched. */
  refusal: ErrorView | null;
};

type Change =
  | { type: "restored"; draft: Draft }
  | { type: "parameters-set"; parameters: Partial<DraftParameters> }
  | { type: "mode-chosen"; mode: Mode }
  /** The model as its connection has it. */
  | { type: "model-chosen"; model: Model; connectionId: string }
  | { type: "settings-reused"; generation: GenerationView; model: Model }
  | { type: "undone" }
  | {
      type: "upload-started";
      slot: SlotName;
      uploadId: string;
      fileName: string;
      localUrl: string | null;
      size: PixelSize | null;
      durationSeconds: number | null;
    }
  | { type: "upload-progressed"; slot: SlotName; uploadId: string; fraction: number }
  | { type: "upload-finished"; slot: SlotName; uploadId: string; input: MediaInput }
  | { type: "upload-stopped"; slot: SlotName; uploadId: string; message: string; canRetry: boolean }
  | { type: "slot-refused"; slot: SlotName; fileName: string; message: string }
  | { type: "slot-lost"; slot: SlotName; fileName: string; message: string }
  | { type: "slot-cleared"; slot: SlotName };

type Submission =
  | { type: "sent"; requestId: string }
  | { type: "accepted"; requestId: string }
  | { type: "refused"; requestId: string; error: ErrorView }
  | { type: "unanswered"; requestId: string; error: ErrorView }
  /** The order of an unanswered request is in the gallery. */
  | { type: "arrived"; requestId: string };

/** `freshRequestId` is minted by the caller, so that the reducer stays pure. */
export type ComposerEvent = (Change | Submission) & { freshRequestId: string };

export function startingState(draft: Draft): ComposerState {
  return {
    draft,
    setAside: null,
    turnedAway: {},
    sendingRequestId: null,
    unansweredRequestId: null,
    refusal: null,
  };
}

export function composerReducer(state: ComposerState, event: ComposerEvent): ComposerState {
  switch (event.type) {
    case "sent":
      return { ...state, sendingRequestId: event.requestId, unansweredRequestId: null, refusal: null };
    case "accepted":
      return renewed(endSending(state, event.requestId), event);
    case "refused": {
      const after = { ...endSending(state, event.requestId), refusal: event.error };
      // Its id is spent on the settings of an earlier press, whose answer was lost.
      return event.error.code === "already-ordered" ? renewed(after, event) : after;
    }
    case "unanswered":
      return {
        ...endSending(state, event.requestId),
        unansweredRequestId: event.requestId,
        refusal: event.error,
      };
    case "arrived":
      if (state.unansweredRequestId !== event.requestId) return state;
      return renewed({ ...state, unansweredRequestId: null, refusal: null }, event);
    case "restored":
      return { ...state, draft: event.draft, turnedAway: {} };
    case "upload-progressed":
    case "upload-finished":
    case "upload-stopped":
      return followUpload(state, event);
    default:
      return edited(state, event);
  }
}

function renewed(state: ComposerState, event: { requestId: string; freshRequestId: string }): ComposerState {
  if (state.draft.requestId !== event.requestId) return state;
  return { ...state, draft: { ...state.draft, requestId: event.freshRequestId } };
}

function endSending(state: ComposerState, requestId: string): ComposerState {
  return state.sendingRequestId === requestId ? { ...state, sendingRequestId: null } : state;
}

/** News of an upload that has been replaced or removed in the meantime changes nothing. */
function followUpload(
  state: ComposerState,
  event: Extract<ComposerEvent, { type: "upload-progressed" | "upload-finished" | "upload-stopped" }>,
): ComposerState {
  const content = state.draft.media[event.slot];
  if (content?.status !== "uploading" || content.uploadId !== event.uploadId) return state;
  const { fileName, localUrl } = content;
  switch (event.type) {
    case "upload-progressed":
      return { ...state, draft: withSlot(state.draft, event.slot, { ...content, fraction: event.fraction }) };
    case "upload-finished":
      return {
        ...state,
        draft: withSlot(state.draft, event.slot, { status: "ready", input: event.input, localUrl }),
      };
    case "upload-stopped": {
      const { message, canRetry } = event;
      const { replaces } = content;
      if (!canRetry && replaces) {
        return turnAway(
          { ...state, draft: withSlot(state.draft, event.slot, replaces) },
          event.slot,
          message,
        );
      }
      const stopped = { fileName, localUrl, message, canRetry, replaces };
      const draft = withSlot(state.draft, event.slot, { status: "stopped", ...stopped });
      const { modeBefore = draft.mode } = content;
      // A last frame that was not taken makes no film between two.
      return {
        ...state,
        draft: canRetry || event.slot !== "lastFrame" ? draft : { ...draft, mode: modeBefore },
      };
    }
  }
}

type Edit = Exclude<
  Extract<ComposerEvent, Change>,
  { type: "restored" | "upload-progressed" | "upload-finished" | "upload-stopped" }
>;

function edited(state: ComposerState, event: Edit): ComposerState {
  const draft = changedDraft(state, event);
  // A request on its way keeps its id for what was sent; what is written from now on is another request.
  const requestId = state.sendingRequestId === draft.requestId ? event.freshRequestId : draft.requestId;
  const replaces = event.type === "settings-reused" || event.type === "model-chosen";
  const by = event.type === "model-chosen" ? "model" : "reuse";
  return {
    ...state,
    draft: { ...draft, requestId },
    turnedAway: turnedAwayAfter(state, event),
    setAside: replaces ? { draft: state.draft, by } : event.type === "undone" ? null : state.setAside,
    refusal: replaces || event.type === "undone" ? null : refusalWithout(state.refusal, touchedFields(event)),
  };
}

function changedDraft(state: ComposerState, event: Edit): Draft {
  const { draft } = state;
  switch (event.type) {
    case "parameters-set":
      return { ...draft, parameters: { ...draft.parameters, ...event.parameters } };
    case "mode-chosen":
      return { ...draft, mode: event.mode };
    case "model-chosen":
      return {
        ...draft,
        connectionId: event.connectionId,
        modelId: event.model.id,
        mode: modeFor(event.model, draft),
        parameters: fitParameters(event.model, draft.parameters).parameters,
      };
    case "settings-reused":
      return draftFrom(event.generation, event.model, draft.requestId);
    case "undone":
      return undone(draft, state.setAside);
    case "upload-started": {
      const { uploadId, fileName, localUrl, size, durationSeconds } = event;
      const replaces = goodOne(draft.media[event.slot]);
      const content = {
        uploadId,
        fileName,
        localUrl,
        size,
        durationSeconds,
        fraction: 0,
        replaces,
        modeBefore: draft.mode,
      };
      return withFile(draft, event.slot, { status: "uploading", ...content });
    }
    case "slot-refused": {
      const held = draft.media[event.slot];
      return isWorthKeeping(held) ? withFile(draft, event.slot, held) : withoutFile(draft, event);
    }
    case "slot-lost":
      return withoutFile(draft, event);
    case "slot-cleared": {
      const held = draft.media[event.slot];
      const before = held && held.status !== "ready" ? held.replaces : undefined;
      if (before) return withSlot(draft, event.slot, before);
      const { [event.slot]: _removed, ...media } = draft.media;
      return { ...draft, media, mode: modeWithout(event.slot, draft.mode) };
    }
  }
}

function withoutFile(
  draft: Draft,
  { slot, fileName, message }: { slot: SlotName; fileName: string; message: string },
): Draft {
  const content = { status: "stopped", fileName, message, localUrl: null, canRetry: false } as const;
  // The place of a last frame is seen in every mode; the others are seen in the mode that takes them.
  return slot === "lastFrame" ? withSlot(draft, slot, content) : withFile(draft, slot, content);
}

function turnAway(state: ComposerState, slot: SlotName, message: string): ComposerState {
  const words = `${message} “${fileNameOf(state.draft.media[slot])}” stays.`;
  return { ...state, turnedAway: { ...state.turnedAway, [slot]: words } };
}

/** A sentence about a file goes when the next file comes, or when all the draft changes. */
function turnedAwayAfter(state: ComposerState, event: Edit): ComposerState["turnedAway"] {
  if (event.type === "settings-reused" || event.type === "model-chosen" || event.type === "undone") return {};
  if (event.type === "parameters-set" || event.type === "mode-chosen") return state.turnedAway;
  const { [event.slot]: _said, ...others } = state.turnedAway;
  if (event.type !== "slot-refused" || !isWorthKeeping(state.draft.media[event.slot])) return others;
  return turnAway(state, event.slot, event.message).turnedAway;
}

/** A change of model takes no words and no files: those written and added since then stay. */
function undone(draft: Draft, setAside: ComposerState["setAside"]): Draft {
  if (!setAside) return draft;
  const { draft: before, by } = setAside;
  if (by === "reuse") return { ...before, requestId: draft.requestId };
  const { prompt, negativePrompt } = draft.parameters;
  const { requestId, media } = draft;
  return { ...before, requestId, media, parameters: { ...before.parameters, prompt, negativePrompt } };
}

/** A file that comes asks for the mode that takes it. */
function withFile(draft: Draft, slot: SlotName, content: SlotContent): Draft {
  return { ...withSlot(draft, slot, content), mode: modeWith(slot, draft) };
}

function withSlot(draft: Draft, slot: SlotName, content: SlotContent): Draft {
  return { ...draft, media: { ...draft.media, [slot]: content } };
}

function touchedFields(event: Edit): string[] {
  if (event.type === "parameters-set") return Object.keys(event.parameters);
  return "slot" in event ? [event.slot] : [];
}

/** A sentence that named no field goes with the first change: it may no longer be true. */
function refusalWithout(refusal: ErrorView | null, touched: readonly string[]): ErrorView | null {
  if (!refusal?.fields) return null;
  const left = Object.entries(refusal.fields).filter(([field]) => !touched.includes(field));
  return left.length > 0 ? { ...refusal, fields: Object.fromEntries(left) } : null;
}
