"use client";

import { type DragEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { type DropEvent, useDropzone } from "react-dropzone";
import { useToast } from "@/components/ui/toast";
import { type AssetKind, slotLabel } from "@/lib/domain/asset";
import { MODE_LABELS } from "@/lib/domain/models/mode-labels";
import { SLOT_NAMES, type SlotName } from "@/lib/domain/models/model";
import { modeFor, modeWith, slotsOfMode } from "./draft";
import { nameHere } from "./model-words";
import { claimedKind, slotForFile, slotsForFiles } from "./slot-for-file";
import { alternativeTo, listed } from "./untaken";
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
  const { model, mode, files, state } = composer;
  const { media } = state.draft;
  const toast = useToast();
  const chosenSlot = useRef<SlotName | null>(null);
  const [over, setOver] = useState<{ kind: AssetKind | null; slot: SlotName | null } | null>(null);

  function place(given: readonly File[], first: SlotName | null = null) {
    const kinds = given.map(({ type }) => claimedKind(type));
    const slots = slotsForFiles(model, mode, media, kinds, first);
    const left = given.filter((file, index) => {
      const slot = slots[index];
      if (slot && model.slots[slot]) void files.put(slot, file);
      return !slot || !model.slots[slot];
    });
    const [only] = left;
    const kind = only && claimedKind(only.type);
    if (only && kind && given.length === 1) sayNoPlace(kind, only);
    else if (only)
      toast({
        text: leftWords(
          left.map(({ name }) => name),
          model.label,
        ),
      });
  }

  /** The model has no place for it: which one has, and a way there that takes the file along. */
  function sayNoPlace(kind: AssetKind, file: File) {
    const name = SLOT_NAMES.find((slot) => KIND_OF_SLOT[slot] === kind) ?? "firstFrame";
    const other = alternativeTo(mode, composer.connection.place, ({ slots }) => slots[name] !== undefined);
    const text = `${nameHere(model, composer.connection)} ${CANNOT[kind]}.`;
    if (other.kind === "elsewhere") toast({ text: `${text} ${other.words}, can.` });
    if (other.kind === "nowhere") toast({ text });
    if (other.kind !== "here") return;
    const { model: able } = other;
    toast({
      text: `${text} ${able.label} can.`,
      action: {
        label: `Use ${able.label}`,
        run: () => {
          composer.chooseModel(able);
          void files.put(name, file, able);
        },
      },
    });
  }

  const { getRootProps, getInputProps, inputRef, open, isDragActive } = useDropzone({
    noClick: true,
    noKeyboard: true,
    // No `accept`: a wrong file is refused by its slot, in words.
    onDrop: (accepted, _refused, event) => {
      place(accepted, chosenSlot.current ?? slotUnder(event));
      chosenSlot.current = null;
    },
    onDragOver: (event) => setOver(nextOver(event)),
    onFileDialogCancel: () => {
      chosenSlot.current = null;
    },
  });

  function nextOver(event: DragEvent): typeof over {
    const item = [...(event.dataTransfer?.items ?? [])].find(({ kind }) => kind === "file");
    const next = { kind: claimedKind(item?.type ?? ""), slot: slotUnder(event) };
    return over?.kind === next.kind && over.slot === next.slot ? over : next;
  }

  function wordsFor(slot: SlotName): string {
    const instead = media[slot] ? ", in place of the one that is there" : "";
    const isUsed = slotsOfMode(model, modeFor(model, { mode: modeWith(slot, { mode, media }) })).includes(
      slot,
    );
    return isUsed
      ? `It becomes the ${slotLabel(slot)}${instead}.`
      : `It is kept as the ${slotLabel(slot)}${instead}: “${MODE_LABELS[mode]}” does not use it.`;
  }

  const pasted = useRef(place);
  pasted.current = place;
  useEffect(() => {
    function paste(event: ClipboardEvent) {
      const given = [...(event.clipboardData?.files ?? [])];
      if (given.length === 0) return;
      event.preventDefault();
      pasted.current(given);
    }
    window.addEventListener("paste", paste);
    return () => window.removeEventListener("paste", paste);
  }, []);

  // Not every browser says what is being dragged before it is dropped.
  const kind = over?.kind ?? "image";
  const wantedSlot = isDragActive ? (over?.slot ?? slotForFile(model, mode, media, kind)) : null;
  return (
    <div {...getRootProps({ role: undefined })}>
      <input {...getInputProps({ "aria-hidden": true })} />
      {children({
        wantedSlot,
        choose: (slot) => {
          chosenSlot.current = slot;
          if (inputRef.current) {
            inputRef.current.accept = model.slots[slot]?.mediaTypes.join(",") ?? "";
            inputRef.current.multiple = false;
          }
          open();
        },
      })}
      {isDragActive && (
        // Beside the form on a wide screen: there every place can be aimed at.
        <div className="pointer-events-none fixed inset-0 z-40 bg-veil p-6 lg:left-[360px] xl:left-[440px]">
          <div className="flex size-full flex-col items-center justify-center gap-2 rounded-card border-2 border-lamp-ink border-dashed text-center">
            <div className="rounded-card border border-line bg-panel px-8 py-6">
              <p className="font-semibold text-display">Drop it anywhere</p>
              <p className="mt-1 text-lead text-muted">
                {wantedSlot ? wordsFor(wantedSlot) : `${model.label} ${CANNOT[kind]}.`}
              </p>
            </div>
          </div>
        </div>
      )}
    </div>
  );
}

const KIND_OF_SLOT: Record<SlotName, AssetKind> = {
  firstFrame: "image",
  lastFrame: "image",
  drivingAudio: "audio",
  firstClip: "video",
};

const CANNOT: Record<AssetKind, string> = {
  image: "takes no picture",
  audio: "takes no audio",
  video: "cannot continue a clip",
};

/** `“b.png” and “c.png” were left out: Wan 2.6 has no further place for them.` */
function leftWords(names: readonly string[], label: string): string {
  const [verb, them] = names.length === 1 ? ["was", "it"] : ["were", "them"];
  const list = listed(
    names.map((name) => `“${name}”`),
    "and",
  );
  return `${list} ${verb} left out: ${label} has no further place for ${them} here.`;
}

/** A place of the strip right under the pointer wins over every rule. */
function slotUnder(event: DropEvent | DragEvent): SlotName | null {
  const target = "target" in event && event.target instanceof Element ? event.target : null;
  const named = target?.closest<HTMLElement>("[data-slot]")?.dataset.slot;
  return SLOT_NAMES.find((name) => name === named) ?? null;
}
