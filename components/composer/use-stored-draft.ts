import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Draft } from "./draft";
import { draftKey, readDraft, writeDraft } from "./draft-storage";

/**
 * Keeps the draft in this browser: read before the first paint after hydration, written with every change. Tabs of one
 * viewer share it, request id included, so that sending it from two tabs makes one generation.
 */
export function useStoredDraft(viewerKey: string, draft: Draft, restore: (draft: Draft) => void): boolean {
  const [isRestored, setRestored] = useState(false);
  const key = draftKey(viewerKey);
  const restoreLatest = useRef(restore);
  restoreLatest.current = restore;
  const current = useRef(draft);
  current.current = draft;

  useLayoutEffect(() => {
    const stored = readDraft(readStored(key));
    if (stored) restoreLatest.current(stored);
    setRestored(true);
  }, [key]);

  useEffect(() => {
    if (isRestored) store(key, writeDraft(draft));
  }, [key, draft, isRestored]);

  useEffect(() => {
    function followOtherTab(event: StorageEvent) {
      if (event.key !== key || document.hasFocus() || isUploading(current.current)) return;
      if (event.newValue === writeDraft(current.current)) return;
      const stored = readDraft(event.newValue);
      if (stored) restoreLatest.current(stored);
    }
    window.addEventListener("storage", followOtherTab);
    return () => window.removeEventListener("storage", followOtherTab);
  }, [key]);

  return isRestored;
}

function isUploading(draft: Draft): boolean {
  return Object.values(draft.media).some((content) => content.status === "uploading");
}

// Storage can be full or forbidden; the form works without it.
function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    // Nothing to do: the draft lives in the page alone.
  }
}
