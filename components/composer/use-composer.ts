import { useCallback, useReducer, useRef } from "react";
import type { ConnectionView } from "@/lib/domain/connection";
import type { GenerationView } from "@/lib/domain/generation";
import { newId } from "@/lib/domain/ids";
import { catalogue, findModel } from "@/lib/domain/models/catalogue";
import type { Mode, Model } from "@/lib/domain/models/model";
import { estimatePrice } from "@/lib/domain/models/price";
import type { Money } from "@/lib/domain/money";
import type { StudioActions } from "@/lib/domain/studio";
import { type ComposerEvent, type ComposerState, composerReducer, startingState } from "./composer-state";
import { type DraftParameters, emptyDraft, envelopeFor, modeOf } from "./draft";
import { type SubmitReason, submitReasons } from "./submit-reasons";
import { type SlotFiles, useSlotFiles } from "./use-slot-files";
import { useStoredDraft } from "./use-stored-draft";

type WithoutFreshId<Event> = Event extends unknown ? Omit<Event, "freshRequestId"> : never;
export type ComposerDispatch = (event: WithoutFreshId<ComposerEvent>) => void;

/** Presses so close together, with nothing changed between them, are one press that bounced. */
const BOUNCE_MS = 700;

export type ComposerHandle = {
  state: ComposerState;
  model: Model;
  mode: Mode;
  connection: ConnectionView;
  price: Money | null;
  reasons: SubmitReason[];
  files: SlotFiles;
  setParameters: (parameters: Partial<DraftParameters>) => void;
  chooseModel: (model: Model) => void;
  /** Puts a generation's settings into the form; what was there waits for `undo`. False if its model is gone. */
  reuse: (generation: GenerationView) => boolean;
  undo: () => void;
  submit: () => Promise<void>;
};

/** The draft, its files and its sending. */
export function useComposer({
  viewerKey,
  connection,
  createGeneration,
  onCreated,
}: {
  viewerKey: string;
  connection: ConnectionView;
  createGeneration: StudioActions["createGeneration"];
  onCreated: (generation: GenerationView) => void;
}): ComposerHandle {
  const [state, rawDispatch] = useReducer(composerReducer, null, newComposer);
  const dispatch = useCallback<ComposerDispatch>(
    (event) => rawDispatch({ ...event, freshRequestId: newId("req") } as ComposerEvent),
    [],
  );
  const { draft } = state;
  const model = findModel(draft.modelId) ?? firstModel();
  const mode = modeOf(model, draft);
  const price = estimatePrice(model, connection.place, draft.parameters);
  const reasons = submitReasons(model, mode, draft, connection);

  const isRestored = useStoredDraft(viewerKey, draft, (stored) =>
    dispatch({ type: "restored", draft: stored }),
  );
  const files = useSlotFiles({ viewerKey, model, media: draft.media, isRestored, dispatch });

  const lastAccepted = useRef({ at: 0, parameters: null as unknown, media: null as unknown });

  async function submit() {
    const { requestId, parameters, media } = draft;
    const last = lastAccepted.current;
    const isBounce =
      performance.now() - last.at < BOUNCE_MS && last.parameters === parameters && last.media === media;
    if (reasons.length > 0 || state.sendingRequestId === requestId || isBounce) return;
    dispatch({ type: "sent", requestId });
    try {
      const answer = await createGeneration(
        envelopeFor(model, draft, { connectionId: connection.id, mode, shownPrice: price }),
      );
      if (answer.ok) {
        dispatch({ type: "accepted", requestId });
        lastAccepted.current = { at: performance.now(), parameters, media };
        onCreated(answer.value);
      } else {
        dispatch({ type: "refused", requestId, error: answer.error });
      }
    } catch {
      // The draft keeps its request id: pressing again cannot make a second generation of it.
      dispatch({ type: "refused", requestId, error: { code: "internal", message: UNREACHABLE } });
    }
  }

  return {
    state,
    model,
    mode,
    connection,
    price,
    reasons,
    files,
    setParameters: (parameters) => dispatch({ type: "parameters-set", parameters }),
    chooseModel: (chosen) => dispatch({ type: "model-chosen", model: chosen }),
    reuse: (generation) => {
      const known = findModel(generation.modelId);
      if (known) dispatch({ type: "settings-reused", generation, model: known });
      return known !== undefined;
    },
    undo: () => dispatch({ type: "undone" }),
    submit,
  };
}

const UNREACHABLE = "The studio did not answer. Press again: the same draft is never made twice.";

function newComposer(): ComposerState {
  return startingState(emptyDraft(firstModel(), newId("req")));
}

function firstModel(): Model {
  const [model] = catalogue;
  if (!model) throw new Error("the catalogue is empty");
  return model;
}
