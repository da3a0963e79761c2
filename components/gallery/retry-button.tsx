"use client";

import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import type { GenerationView } from "@/lib/domain/generation";
import { formatMoney } from "@/lib/domain/money";
import type { GalleryActions } from "./gallery-actions";

/**
 * The same again, at its price; where a cap holds it back, with the reason on a line of its own among the card's
 * buttons. The server retries a generation once, however often and wherever this is pressed.
 */
export function RetryButton({
  view,
  actions,
  tabIndex,
}: {
  view: GenerationView;
  actions: GalleryActions;
  tabIndex: 0 | -1;
}) {
  const [isSending, setSending] = useState(false);
  const price = actions.priceOf(view);
  const refusal = actions.refuseAgain(view);
  const refusalId = useId();

  async function retry() {
    if (refusal !== null) return;
    setSending(true);
    await actions.retry(view);
    setSending(false);
  }

  return (
    <>
      {refusal && (
        <p id={refusalId} className="basis-full text-small">
          {refusal}
        </p>
      )}
      <Button
        tabIndex={tabIndex}
        disabled={isSending}
        aria-disabled={refusal !== null}
        aria-describedby={refusal === null ? undefined : refusalId}
        className={refusal === null ? "" : "cursor-not-allowed! text-muted"}
        onClick={() => void retry()}
      >
        Retry
        {price && (
          <span className="text-muted tabular-nums">
            {view.connection.isDemo ? "free" : formatMoney(price)}
          </span>
        )}
      </Button>
    </>
  );
}
