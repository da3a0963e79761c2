import { useMemo, useRef } from "react";
import type { GalleryActions } from "@/components/gallery/gallery-actions";
import { useToast } from "@/components/ui/toast";
import { offersCancel } from "@/lib/domain/cancel-offer";
import type { ConnectionView } from "@/lib/domain/connection";
import type { ErrorView } from "@/lib/domain/errors";
import type { GenerationView } from "@/lib/domain/generation";
import { findModel } from "@/lib/domain/models/catalogue";
import { estimatePrice } from "@/lib/domain/models/price";
import type { Money } from "@/lib/domain/money";
import { type CapUse, refuseOverCap } from "@/lib/domain/spend";
import type { ActionResult, StudioActions } from "@/lib/domain/studio";

type Ways = Pick<GalleryActions, "open" | "reuse" | "share"> & {
  actions: StudioActions;
  connections: readonly ConnectionView[];
  caps: readonly CapUse[];
  onRefused: (error: ErrorView) => void;
  /** A failure was dealt with. */
  onPutAway: (view: GenerationView) => void;
  add: (views: readonly GenerationView[]) => void;
};

/** What the cards can ask for: the server's actions, their answers put into the list and their refusals into words. */
export function useGenerationActions(ways: Ways): GalleryActions {
  const toast = useToast();
  const latest = useRef(ways);
  latest.current = ways;

  const { caps } = ways;
  return useMemo(() => {
    async function run(
      ask: (actions: StudioActions) => Promise<ActionResult<GenerationView>>,
    ): Promise<boolean> {
      const { actions, add, onRefused } = latest.current;
      try {
        const answer = await ask(actions);
        if (answer.ok) add([answer.value]);
        else {
          onRefused(answer.error);
          toast({ text: answer.error.message });
        }
        return answer.ok;
      } catch {
        toast({ text: "The studio did not answer. Try again." });
        return false;
      }
    }

    return {
      open: (view) => latest.current.open(view),
      reuse: (view) => latest.current.reuse(view),
      share: (view) => latest.current.share(view),
      retry: async (view) => {
        const shownPrice = priceAgain(view, latest.current.connections);
        const wasTaken = await run((actions) => actions.retryGeneration({ id: view.id, shownPrice }));
        if (wasTaken) latest.current.onPutAway(view);
      },
      offersCancel: (view) => {
        const connection = latest.current.connections.find(({ id }) => id === view.connection.id);
        return offersCancel(view, connection?.place ?? null);
      },
      cancel: async ({ id }) => void (await run((actions) => actions.cancelGeneration({ id }))),
      closeUnconfirmed: async ({ id }) => void (await run((actions) => actions.closeUnconfirmed({ id }))),
      takeOverTask: async ({ id }, taskId) =>
        void (await run((actions) => actions.takeOverTask({ id, taskId }))),
      dismiss: async (view) => {
        const wasPutAway = await run((actions) => actions.dismissFailure({ id: view.id }));
        if (wasPutAway) latest.current.onPutAway(view);
      },
      priceOf: (view) => priceAgain(view, latest.current.connections),
      refuseAgain: (view) => {
        const price = priceAgain(view, latest.current.connections);
        return view.connection.isDemo ? null : refuseOverCap(price, caps);
      },
    };
    // Cards are drawn anew only for other actions: what a cap allows is on their buttons.
  }, [toast, caps]);
}

/** Today's price of the same again: a row keeps the price of its own day. */
function priceAgain(view: GenerationView, connections: readonly ConnectionView[]): Money | null {
  const model = findModel(view.modelId);
  const connection = connections.find(({ id }) => id === view.connection.id);
  return model && connection ? estimatePrice(model, connection, view.parameters) : view.price;
}
