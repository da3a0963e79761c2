import { useEffect, useMemo, useRef } from "react";
import type { AssetView } from "@/lib/domain/asset";
import type { MediaInput } from "@/lib/domain/generation";
import { newId } from "@/lib/domain/ids";
import type { Model, SlotName } from "@/lib/domain/models/model";
import type { Draft } from "./draft";
import { inspectFile } from "./inspect-file";
import { openPendingFiles } from "./pending-files";
import { type Upload, uploadFile } from "./upload-file";
import type { ComposerDispatch } from "./use-composer";

export type SlotFiles = {
  /**
   * Looks at the file and sends it; what was in the slot gives way once the file was taken. `model` is the draft's, unless
   * it has just changed.
   */
  put: (slot: SlotName, file: File, model?: Model) => Promise<void>;
  /** Sends the file again that stopped on its way. */
  retry: (slot: SlotName) => void;
  /** Empties the slot; an upload on its way is cancelled. */
  clear: (slot: SlotName) => void;
  /** The stored file has gone from the studio. */
  lose: (slot: SlotName, fileName: string) => void;
};

/** Files on their way into slots. At most one per slot; the newest wins. */
export function useSlotFiles({
  viewerKey,
  model,
  media,
  isRestored,
  dispatch,
}: {
  viewerKey: string;
  model: Model;
  media: Draft["media"];
  isRestored: boolean;
  dispatch: ComposerDispatch;
}): SlotFiles {
  const pending = useMemo(() => openPendingFiles(viewerKey), [viewerKey]);
  const uploads = useRef(new Map<SlotName, { id: string; file: File; upload: Upload | null }>());
  const looks = useRef(new Map<SlotName, string>());
  const context = useRef({ model, media });
  context.current = { model, media };

  const files = useMemo((): SlotFiles => {
    function stop(slot: SlotName) {
      looks.current.delete(slot);
      uploads.current.get(slot)?.upload?.cancel();
      uploads.current.delete(slot);
      void pending.forget(slot);
    }

    async function put(slotName: SlotName, file: File, model = context.current.model) {
      const slot = model.slots[slotName];
      if (!slot) return;
      const id = newId("ast");
      looks.current.set(slotName, id);
      const inspection = await inspectFile(slotName, slot, file);
      if (looks.current.get(slotName) !== id) return;
      if (!inspection.fits) {
        dispatch({ type: "slot-refused", slot: slotName, fileName: file.name, message: inspection.message });
        return;
      }
      stop(slotName);
      const entry = { id, file, upload: null as Upload | null };
      uploads.current.set(slotName, entry);
      void pending.keep(slotName, file);
      const { localUrl, size, durationSeconds } = inspection;
      dispatch({
        type: "upload-started",
        slot: slotName,
        uploadId: id,
        fileName: file.name,
        localUrl,
        size,
        durationSeconds,
      });
      entry.upload = uploadFile({ slot: slotName, modelId: model.id }, file, (fraction) =>
        dispatch({ type: "upload-progressed", slot: slotName, uploadId: id, fraction }),
      );
      const result = await entry.upload.done;
      if (uploads.current.get(slotName) !== entry || result.outcome === "cancelled") return;
      if (result.outcome !== "lost") void pending.forget(slotName);
      if (result.outcome === "stored") {
        uploads.current.delete(slotName);
        dispatch({
          type: "upload-finished",
          slot: slotName,
          uploadId: id,
          input: toInput(result.asset, file),
        });
      } else {
        const canRetry = result.outcome === "lost";
        if (!canRetry) uploads.current.delete(slotName);
        dispatch({ type: "upload-stopped", slot: slotName, uploadId: id, message: result.message, canRetry });
      }
    }

    return {
      put,
      retry(slot) {
        const file = uploads.current.get(slot)?.file;
        if (file) void put(slot, file);
      },
      clear(slot) {
        stop(slot);
        dispatch({ type: "slot-cleared", slot });
      },
      lose(slot, fileName) {
        const message = `“${fileName}” is no longer in the studio. Add it again.`;
        dispatch({ type: "slot-lost", slot, fileName, message });
      },
    };
  }, [pending, dispatch]);

  useEffect(() => {
    if (!isRestored) return;
    void pending.all().then((kept) => {
      for (const { slot, file } of kept) {
        if (!context.current.media[slot]) void files.put(slot, file);
      }
    });
  }, [isRestored, pending, files]);

  return files;
}

/** Under the name the person knows: equal content may be stored under an older one. */
function toInput({ id, kind: _kind, ...measured }: AssetView, file: File): MediaInput {
  return { ...measured, assetId: id, fileName: file.name };
}
