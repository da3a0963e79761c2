"use client";

import type { GenerationView } from "@/lib/domain/generation";
import { generationTitle } from "@/lib/domain/generation-title";
import { paths } from "@/lib/paths";

/** Covers a card with a real link: a plain press opens the player in place, any other press is the browser's own. */
export function OpenLink({ view, onOpen }: { view: GenerationView; onOpen: (view: GenerationView) => void }) {
  return (
    <a
      href={paths.generation(view.id)}
      // The card itself is what the keyboard moves between.
      tabIndex={-1}
      draggable={false}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        onOpen(view);
      }}
      className="absolute inset-0"
    >
      <span className="sr-only">Open “{generationTitle(view)}”</span>
    </a>
  );
}
