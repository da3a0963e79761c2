import { useCallback, useEffect, useReducer, useRef } from "react";
import { useToast } from "@/components/ui/toast";
import type { ConnectionView } from "@/lib/domain/connection";
import type { ErrorView } from "@/lib/domain/errors";
import type { GenerationView } from "@/lib/domain/generation";
import { newId } from "@/lib/domain/ids";
import { catalogue, findModel } from "@/lib/domain/models/catalogue";
import type { Mode, Model } from "@/lib/domain/models/model";
import { modelAt } from "@/lib/domain/models/offer";
import { estimatePrice } from "@/lib/domain/models/price";
import type { Money } from "@/lib/domain/money";
import { type CapUse, refuseOverCap, tightestCap } from "@/lib/domain/spend";
import type { StudioActions } from "@/lib/domain/studio";
import { type ComposerEvent, type ComposerState, composerReducer, startingState } from "./composer-state";
import { type Draft, type DraftParameters, emptyDraft, envelopeFor, fitParameters, modeFor } from "./draft";
import { gaveWay } from "./gave-way";
import { offeredModels, standIn } from "./offered-models";
import { type SubmitReason, submitDoubt, submitReasons } from "./submit-reasons";
import { useJustSent } from "./use-just-sent";
import { type SlotFiles, useSlotFiles } from "./use-slot-files";
import { useStoredDraft } from "./use-stored-draft";

type WithoutFreshId<Event> = Event extends unknown ? Omit<Event, "freshRequestId"> : never;
export type ComposerDispatch = (event: WithoutFreshId<ComposerEvent>) => void;

export type ComposerHandle = {
  state: ComposerState;
  /** The chosen model as the connection has it. */
  model: Model;
  /** Every model of the connection, as it has them. */
  offered: readonly Model[];
  mode: Mode;
  connection: ConnectionView;
  connections: readonly ConnectionView[];
  price: Money | null;
  /** The cap that this connection's orders will meet first; null while enough is left, or where `reasons` names it. */
  tightCap: CapUse | null;
  reasons: SubmitReason[];
  /** What may not work and is worth trying; null where nothing is in doubt. */
  doubt: string | null;
  files: SlotFiles;
  setParameters: (parameters: Partial<DraftParameters>) => void;
  /** What the model does not take gives way, and is said once with Undo. */
  chooseModel: (model: Model) => void;
  /** Another connection; a model that it does not have is stood in for. */
  chooseConnection: (id: string) => void;
  chooseMode: (mode: Mode) => void;
  /** Puts a generation's settings into the form; what was there waits for `undo`. False if its model is gone. */
  reuse: (generation: GenerationView) => boolean;
  undo: () => void;
  /** The draft as it stands was ordered a moment ago: the button says so, and takes no press. */
  isJustSent: boolean;
  submit: () => Promise<void>;
};

/** The draft, its files and its sending. */
export function useComposer({
  viewerKey,
  connections,
  caps,
  generations,
  createGeneration,
  onCreated,
  onRefused,
}: {
  viewerKey: string;
  connections: readonly ConnectionView[];
  caps: readonly CapUse[];
  /** What is in the gallery: an order whose answer was lost may be there. */
  generations: readonly GenerationView[];
  createGeneration: StudioActions["createGeneration"];
  onCreated: (generation: GenerationView) => void;
  onRefused: (error: ErrorView) => void;
}): ComposerHandle {
  const toast = useToast();
  const [state, rawDispatch] = useReducer(composerReducer, connections, newComposer);
  const dispatch = useCallback<ComposerDispatch>(
    (event) => rawDispatch({ ...event, freshRequestId: newId("req") } as ComposerEvent),
    [],
  );
  const { draft } = state;
  const connection = connectionOf(connections, draft.connectionId);
  const model = modelOf(draft, connection);
  const mode = modeFor(model, draft);
  const price = estimatePrice(model, connection, draft.parameters);
  const reasons = submitReasons(model, mode, draft, connection, caps);
  const doubt = submitDoubt(model, mode, draft, connection);

  const isRestored = useStoredDraft(viewerKey, draft, (stored) =>
    dispatch({ type: "restored", draft: fittedDraft(stored, connections) }),
  );
  const files = useSlotFiles({ viewerKey, model, media: draft.media, isRestored, dispatch });

  const { isJustSent, noteSent } = useJustSent(draft);

  const lastSent = useRef(draft);
  const lostId = state.unansweredRequestId;
  const hasArrived = lostId !== null && generations.some(({ requestId }) => requestId === lostId);
  useEffect(() => {
    if (!hasArrived) return;
    dispatch({ type: "arrived", requestId: lostId });
    noteSent(lastSent.current);
    toast({ text: "The studio did get it: it is in the gallery." });
  }, [hasArrived, lostId, dispatch, noteSent, toast]);

  async function submit() {
    const { requestId } = draft;
    if (reasons.length > 0 || state.sendingRequestId === requestId || isJustSent) return;
    dispatch({ type: "sent", requestId });
    lastSent.current = draft;
    try {
      const answer = await createGeneration(
        envelopeFor(model, draft, { connectionId: connection.id, mode, shownPrice: price }),
      );
      if (answer.ok) {
        dispatch({ type: "accepted", requestId });
        noteSent(draft);
        onCreated(answer.value);
      } else {
        dispatch({ type: "refused", requestId, error: answer.error });
        onRefused(answer.error);
      }
    } catch {
      // The draft keeps its request id: pressing again cannot make a second generation of it.
      dispatch({ type: "unanswered", requestId, error: { code: "internal", message: UNREACHABLE } });
    }
  }

  const undo = () => dispatch({ type: "undone" });

  /** `by` is what the creator chose; a stand-in for the model is part of what gave way. */
  function change(known: Model, at: ConnectionView, by: string) {
    const chosen = modelAt(known, at.place) ?? known;
    const event = { type: "model-chosen", model: chosen, connectionId: at.id, freshRequestId: "" } as const;
    const after = composerReducer(state, event).draft;
    dispatch({ type: "model-chosen", model: chosen, connectionId: at.id });
    const lost = gaveWay({ model, draft }, { model: chosen, draft: after });
    const all =
      chosen.label === model.label
        ? lost
        : by === chosen.label
          ? lost
          : [`${chosen.label} films it`, ...lost];
    if (all.length > 0)
      toast({ text: `With ${by}: ${all.join(", ")}.`, action: { label: "Undo", run: undo } });
  }

  return {
    state,
    model,
    offered: offeredModels(connection.place),
    mode,
    connection,
    connections,
    price,
    tightCap:
      connection.isDemo || !price || refuseOverCap(price, caps) !== null
        ? null
        : tightestCap(caps, price.currency),
    reasons,
    doubt,
    files,
    setParameters: (parameters) => dispatch({ type: "parameters-set", parameters }),
    chooseModel: (chosen) => change(findModel(chosen.id) ?? chosen, connection, chosen.label),
    chooseConnection: (id) => {
      const chosen = connectionOf(connections, id);
      const stays = standIn(model, mode, chosen.place) ?? model;
      change(findModel(stays.id) ?? stays, chosen, chosen.label);
    },
    chooseMode: (chosen) => dispatch({ type: "mode-chosen", mode: chosen }),
    reuse: (generation) => {
      const known = findModel(generation.modelId);
      if (known) {
        const at = connectionOf(connections, generation.connection.id);
        dispatch({ type: "settings-reused", generation, model: modelAt(known, at.place) ?? known });
      }
      return known !== undefined;
    },
    undo,
    isJustSent,
    submit,
  };
}

const UNREACHABLE = "The studio did not answer. Press again: the same draft is never made twice.";

function newComposer(connections: readonly ConnectionView[]): ComposerState {
  const connection = connectionOf(connections, "");
  const model = offeredModels(connection.place)[0] ?? catalogue[0];
  if (!model) throw new Error("the catalogue is empty");
  return startingState(emptyDraft(model, newId("req"), connection.id));
}

function connectionOf(connections: readonly ConnectionView[], id: string): ConnectionView {
  const connection = connections.find((candidate) => candidate.id === id) ?? connections[0];
  if (!connection) throw new Error("the studio has no connection to draw for");
  return connection;
}

/** The draft's model as the connection has it; where it is not offered it stays, and the button says why not. */
function modelOf(draft: Draft, connection: ConnectionView): Model {
  const known = findModel(draft.modelId) ?? catalogue[0];
  if (!known) throw new Error("the catalogue is empty");
  return modelAt(known, connection.place) ?? known;
}

/** A draft of another day, for the connections of today. */
function fittedDraft(stored: Draft, connections: readonly ConnectionView[]): Draft {
  const model = modelOf(stored, connectionOf(connections, stored.connectionId));
  return { ...stored, parameters: fitParameters(model, stored.parameters).parameters };
}
