"use client";

import { useEffect, useRef, useState } from "react";
import type { GenerationView } from "@/lib/domain/generation";
import { announceChanges } from "./announcements";

/** Says aloud, without a sound, what changes in the gallery. */
export function LiveRegion({ generations }: { generations: readonly GenerationView[] }) {
  const [words, setWords] = useState("");
  const before = useRef(generations);
  useEffect(() => {
    const said = announceChanges(before.current, generations);
    before.current = generations;
    if (said !== null) setWords(said);
  }, [generations]);
  return (
    <p aria-live="polite" className="sr-only">
      {words}
    </p>
  );
}
