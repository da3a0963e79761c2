import { useEffect, useState } from "react";
import type { Draft } from "./draft";

const SHOWN_MS = 1500;

/**
 * Whether the draft as it stands was ordered a moment ago. For so long the button says so and takes no press: whoever
 * saw nothing happen presses again, and each press would be one more paid clip. Another take is a press after that;
 * a draft that was changed is another order at once.
 */
export function useJustSent(draft: Draft): { isJustSent: boolean; noteSent: (draft: Draft) => void } {
  const [sent, setSent] = useState<Draft | null>(null);
  useEffect(() => {
    if (!sent) return;
    const timer = setTimeout(() => setSent(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [sent]);
  return { isJustSent: sent !== null && isSameTake(sent, draft), noteSent: setSent };
}

function isSameTake(last: Draft, draft: Draft): boolean {
  return (
    last.parameters === draft.parameters &&
    last.media === draft.media &&
    last.mode === draft.mode &&
    last.modelId === draft.modelId &&
    last.connectionId === draft.connectionId
  );
}
