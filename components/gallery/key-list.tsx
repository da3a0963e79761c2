"use client";

import { Dialog } from "@/components/ui/dialog";

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ["Ctrl or ⌘ + Enter", "Generate"],
  ["← → ↑ ↓", "Move between clips"],
  ["Enter", "Open the clip"],
  ["Space", "Play it in place"],
  ["R", "Reuse its settings"],
  ["?", "This list"],
];

const PLAYER_KEYS: readonly (readonly [keys: string, does: string])[] = [
  ["Space or K", "Play, pause"],
  ["← →", "One second back, on"],
  [", .", "One frame back, on"],
  ["Home, End", "To the first, the last frame"],
  ["L", "Loop"],
  ["M", "Sound off, on"],
  ["F", "Fullscreen"],
  ["Esc", "Back to the gallery"],
];

export function KeyList({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <KeyTable title="In the studio" keys={KEYS} />
      <KeyTable title="In the player" keys={PLAYER_KEYS} />
    </Dialog>
  );
}

function KeyTable({ title, keys }: { title: string; keys: typeof KEYS }) {
  return (
    <>
      <h3 className="mt-4 mb-2 text-muted text-small">{title}</h3>
      <dl className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)] gap-y-1.5 text-small">
        {keys.map(([key, does]) => (
          <div key={key} className="contents">
            <dt className="font-mono text-caption leading-[18px]">{key}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
