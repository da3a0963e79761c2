"use client";

import { ChoiceList } from "@/components/ui/choice-list";
import { Popover } from "@/components/ui/popover";
import { type ConnectionView, placeLabel } from "@/lib/domain/connection";
import { chipClass } from "./chip";

/** Where it is made; with one connection there is nothing to choose. */
export function ConnectionChip({
  connections,
  connection,
  onChoose,
}: {
  connections: readonly ConnectionView[];
  connection: ConnectionView;
  onChoose: (id: string) => void;
}) {
  if (connections.length < 2) return null;
  return (
    <Popover
      label="Connection"
      triggerClassName={chipClass}
      trigger={
        <>
          <span className="text-caption text-muted">at</span>
          <span className="truncate">{connection.label}</span>
          <Caret />
        </>
      }
    >
      <ChoiceList
        label="Connection"
        choices={connections.map(({ id, label, place, isDemo }) => ({
          value: id,
          label,
          ...(isDemo ? { note: "nothing is charged" } : noteUnless(label, placeLabel(place))),
        }))}
        value={connection.id}
        onChoose={onChoose}
      />
    </Popover>
  );
}

function noteUnless(label: string, note: string): { note: string } | Record<string, never> {
  return label.includes(note) ? {} : { note };
}

export function Caret() {
  return (
    <svg viewBox="0 0 8 5" width="8" height="5" aria-hidden="true" className="text-muted">
      <path d="M0 0h8L4 5z" fill="currentColor" />
    </svg>
  );
}
