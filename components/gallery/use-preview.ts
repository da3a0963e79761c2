import { useCallback, useEffect, useRef, useState } from "react";

const REST_MS = 400;

export type Preview = {
  /** The one card whose clip is playing in place. */
  id: string | null;
  /** The pointer or the focus came to rest on a card. */
  rest: (id: string) => void;
  leave: () => void;
  toggle: (id: string) => void;
};

/** At most one video element is alive in the gallery: the card a person stays on for a moment, or asked to play. */
export function usePreview(): Preview {
  const [id, setId] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const rest = useCallback((cardId: string) => {
    clearTimeout(timer.current);
    if (!mayPlayUnasked()) return;
    timer.current = setTimeout(() => setId(cardId), REST_MS);
  }, []);
  const leave = useCallback(() => {
    clearTimeout(timer.current);
    setId(null);
  }, []);
  const toggle = useCallback((cardId: string) => {
    clearTimeout(timer.current);
    setId((current) => (current === cardId ? null : cardId));
  }, []);

  useEffect(() => () => clearTimeout(timer.current), []);
  return { id, rest, leave, toggle };
}

function mayPlayUnasked(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  return !connection?.saveData && !matchMedia("(prefers-reduced-motion: reduce)").matches;
}
