"use client";

import { MODE_LABELS } from "@/lib/domain/models/mode-labels";
import { MODES, type SlotName } from "@/lib/domain/models/model";
import { slotsAside, slotsOfMode } from "./draft";
import { fileNameOf } from "./held-file";
import { nameHere } from "./model-words";
import type { ComposerHandle } from "./use-composer";

/** Files that wait for another mode: nothing that was added goes without a word. */
export function AsideLine({ composer }: { composer: ComposerHandle }) {
  const { model, mode, connection, state, files, chooseMode } = composer;
  const { media } = state.draft;
  const aside = slotsAside(model, mode, state.draft);
  if (aside.length === 0) return null;
  const modeTaking = (name: SlotName) => MODES.find((one) => slotsOfMode(model, one).includes(name));
  return (
    <ul aria-label="Kept, not sent" className="mt-2 border-line border-t pt-2 text-caption text-muted">
      {aside.map((name) => {
        const home = modeTaking(name);
        return (
          <li key={name} className="flex items-center gap-2">
            <span className="line-clamp-2 min-w-0 flex-1 break-words">
              {fileNameOf(media[name])} is kept, not sent
              {home ? "" : `: not for ${nameHere(model, connection)}`}
            </span>
            {home && (
              <button
                type="button"
                onClick={() => chooseMode(home)}
                className="min-h-8 shrink-0 px-1 text-lamp-ink hover:underline pointer-coarse:min-h-11"
              >
                {MODE_LABELS[home]}
              </button>
            )}
            <button
              type="button"
              onClick={() => files.clear(name)}
              aria-label={`Remove ${fileNameOf(media[name])}`}
              className="min-h-8 shrink-0 px-1 hover:text-ink hover:underline pointer-coarse:min-h-11"
            >
              Remove
            </button>
          </li>
        );
      })}
    </ul>
  );
}
