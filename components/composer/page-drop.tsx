"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { useDropzone } from "react-dropzone";
import { slotLabel } from "@/lib/domain/asset";
import type { SlotName } from "@/lib/domain/models/model";
import { slotForFile } from "./slot-for-file";
import type { ComposerHandle } from "./use-composer";

export type Drop = {
  /** The slot that a file over the page would land in. */
  wantedSlot: SlotName | null;
  /** Opens the system's file dialog for a slot. */
  choose: (slot: SlotName) => void;
};

/** Takes files dropped or pasted anywhere on the page and brings them where they belong. */
export function PageDrop({
  composer,
  children,
}: {
  composer: ComposerHandle;
  children: (drop: Drop) => ReactNode;
}) {
  const { model, files, state } = composer;
  const { media } = state.draft;
  const chosenSlot = useRef<SlotName | null>(null);

  function place(file: File | undefined, slot: SlotName | null) {
    if (file && slot) void files.put(slot, file);
  }

  const { getRootProps, getInputProps, open, isDragActive } = useDropzone({
    noClick: true,
    noKeyboard: true,
    multiple: false,
    // No `accept`: a wrong file is refused by its slot, in words.
    onDrop: (accepted, refused) => {
      const file = accepted[0] ?? refused[0]?.file;
      place(file, chosenSlot.current ?? slotForFile(model, media, file?.type ?? ""));
      chosenSlot.current = null;
    },
    onFileDialogCancel: () => {
      chosenSlot.current = null;
    },
  });

  const pasted = useRef(place);
  pasted.current = (file) => place(file, slotForFile(model, media, file?.type ?? ""));
  useEffect(() => {
    function paste(event: ClipboardEvent) {
      const file = event.clipboardData?.files[0];
      if (!file) return;
      event.preventDefault();
      pasted.current(file, null);
    }
    window.addEventListener("paste", paste);
    return () => window.removeEventListener("paste", paste);
  }, []);

  const wantedSlot = isDragActive ? slotForFile(model, media, "image/") : null;
  const acceptedTypes = Object.values(model.slots).flatMap((slot) => slot.mediaTypes);
  return (
    <div {...getRootProps({ role: undefined })}>
      <input {...getInputProps({ accept: acceptedTypes.join(","), "aria-hidden": true })} />
      {children({
        wantedSlot,
        choose: (slot) => {
          chosenSlot.current = slot;
          open();
        },
      })}
      {wantedSlot && (
        <div className="pointer-events-none fixed inset-0 z-40 bg-veil p-6">
          <div className="flex size-full flex-col items-center justify-center gap-2 rounded-card border-2 border-lamp-ink border-dashed text-center">
            <div className="rounded-card border border-line bg-panel px-8 py-6">
              <p className="font-semibold text-display">Drop it anywhere</p>
              <p className="mt-1 text-lead text-muted">
                It becomes the {slotLabel(wantedSlot)}
                {media[wantedSlot] ? ", in place of the one that is there" : ""}.
              </p>
            </div>
          </div>
        </div>
      )}
    </div>
  );
}
