import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  type AssetKind,
  type AssetView,
  formatBytes,
  formatList,
  refuseForSlot,
  slotLabel,
  tooLargeMessage,
} from "@/lib/domain/asset";
import { AppError } from "@/lib/domain/errors";
import { findModel } from "@/lib/domain/models/catalogue";
import { SLOT_NAMES, type Slot, type SlotName } from "@/lib/domain/models/model";
import { isMediaError } from "../media/media-tasks";
import { sniffFile } from "../media/sniff";
import { isDiskFull } from "../own-trouble";
import { toAssetView } from "./asset-repository";
import { type CheckedFile, type FileKeeper, keepFiles } from "./keep-file";

export type Upload = {
  body: Readable;
  /** What the sender said the length would be; null where it did not. */
  announcedBytes: number | null;
  fileName: string;
  slot: string;
  modelId: string;
};

/**
 * Takes one file for one slot of one model: streamed to disk, hashed, judged by its content and measured; then
 * stored, once per owner and content. Refuses with an AppError whose sentence names the file, what was measured and
 * what is allowed; a refusal or a cut connection leaves nothing behind.
 */
export async function storeUpload(
  keeper: FileKeeper,
  ownerId: string,
  upload: Upload,
): Promise<{ asset: AssetView; isNew: boolean }> {
  const { slotName, slot } = findSlot(upload);
  const fileName = displayName(upload.fileName);
  if (upload.announcedBytes !== null && upload.announcedBytes > slot.bytesMax) {
    throw new AppError(
      "file-too-large",
      tooLargeMessage(slotName, slot, { fileName, sizeBytes: upload.announcedBytes }),
    );
  }

  const path = keeper.incoming.newPath();
  try {
    const { sizeBytes, sha256 } = await receive(upload, path, { fileName, slotName, slot });
    const known = await keeper.assets.findByContent(ownerId, sha256);
    const file: CheckedFile = {
      path,
      ownerId,
      sha256,
      fileName,
      ...(await measure(keeper, path, { fileName, slotName, slot, sizeBytes })),
    };
    const refusal = refuseForSlot(slotName, slot, file);
    if (refusal) throw new AppError(refusal.code, refusal.message);
    // Without its bytes (a partial restore) the same picture may be given again.
    if (known && (await keeper.storage.stat(known.blobKey)))
      return { asset: toAssetView(known), isNew: false };

    const asset = await keepFiles(keeper, [file], async ([row], announcedIds) => {
      if (!row) throw new Error("keepFiles lost the file");
      return keeper.assets.insert(row, announcedIds);
    });
    return { asset: toAssetView(asset), isNew: true };
  } catch (error) {
    throw isDiskFull(error)
      ? new AppError(
          "storage-full",
          `“${fileName}” could not be kept: the server's disk is full. Nothing was stored; send it again when there is room.`,
          {
            cause: error,
          },
        )
      : error;
  } finally {
    await rm(path, { force: true });
  }
}

function findSlot(upload: Upload): { slotName: SlotName; slot: Slot } {
  const model = findModel(upload.modelId);
  const slotName = SLOT_NAMES.find((name) => name === upload.slot);
  const slot = slotName && model?.slots[slotName];
  if (!slotName || !slot) {
    throw new AppError("bad-request", "An upload names the model and the slot that it is for.");
  }
  return { slotName, slot };
}

type Target = { fileName: string; slotName: SlotName; slot: Slot };

/** Streams the body to the path, never holding more than a chunk, and never reading past the slot's limit. */
async function receive(
  upload: Upload,
  path: string,
  target: Target,
): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash("sha256");
  const { fileName } = target;
  let sizeBytes = 0;
  async function* counted() {
    // A refusal in the middle must not tear down the connection that its sentence travels back on.
    for await (const chunk of upload.body.iterator({ destroyOnReturn: false })) {
      sizeBytes += chunk.length;
      if (upload.announcedBytes !== null && sizeBytes > upload.announcedBytes) {
        throw new AppError(
          "upload-larger-than-announced",
          `“${fileName}” is larger than the ${formatBytes(upload.announcedBytes)} that were announced. Nothing was stored.`,
        );
      }
      if (sizeBytes > target.slot.bytesMax) {
        throw new AppError(
          "file-too-large",
          `“${fileName}” is larger than the ${formatBytes(target.slot.bytesMax)} that a ${slotLabel(target.slotName)} may have.`,
        );
      }
      hash.update(chunk);
      yield chunk;
    }
  }
  await pipeline(counted, createWriteStream(path, { mode: 0o600 }));
  if (sizeBytes === 0) throw new AppError("file-empty", `“${fileName}” is empty: it has 0 bytes.`);
  if (upload.announcedBytes !== null && sizeBytes < upload.announcedBytes) {
    throw new AppError(
      "upload-incomplete",
      `“${fileName}” arrived cut off: ${formatBytes(sizeBytes)} of ${formatBytes(upload.announcedBytes)}. Send it again.`,
    );
  }
  return { sizeBytes, sha256: hash.digest("hex") };
}

async function measure(
  keeper: FileKeeper,
  path: string,
  { fileName, slotName, slot, sizeBytes }: Target & { sizeBytes: number },
): Promise<Measured & { sizeBytes: number }> {
  const accepts = `A ${slotLabel(slotName)} takes ${formatList(slot.mediaTypes)}.`;
  const sniffed = await sniffFile(path);
  if (sniffed.mediaType === null || !slot.mediaTypes.includes(sniffed.mediaType)) {
    throw new AppError("file-not-accepted", `“${fileName}” is ${sniffed.label}. ${accepts}`);
  }
  try {
    return { sizeBytes, ...(await MEASURES[slot.kind](keeper, path, slot)) };
  } catch (error) {
    if (!isMediaError(error) || error.blame !== "input") throw error;
    throw new AppError(
      "file-damaged",
      `“${fileName}” ${error.message}. A ${slotLabel(slotName)} takes ${describeSlot(slot)}.`,
      { cause: error },
    );
  }
}

type Measured = Pick<
  CheckedFile,
  "kind" | "mediaType" | "width" | "height" | "durationSeconds" | "needsFlattening"
>;

/** How each kind of file is read through; a file that cannot be is damaged. */
const MEASURES: Record<AssetKind, (keeper: FileKeeper, path: string, slot: Slot) => Promise<Measured>> = {
  async image({ media }, path, slot) {
    const pixelsMax = "sidePx" in slot ? slot.sidePx[1] ** 2 : 0;
    const { mediaType, width, height, hasAlpha, isRotatedByFlag } = await media.run("probe-image", {
      path,
      pixelsMax,
    });
    const needsFlattening = hasAlpha || isRotatedByFlag;
    return { kind: "image", mediaType, width, height, durationSeconds: null, needsFlattening };
  },
  async audio({ media }, path) {
    const { mediaType, durationSeconds } = await media.run("probe-audio", { path });
    return { kind: "audio", mediaType, width: null, height: null, durationSeconds, needsFlattening: false };
  },
  async video({ media }, path) {
    const { mediaType, width, height, durationSeconds } = await media.run("probe-video", { path });
    return { kind: "video", mediaType, width, height, durationSeconds, needsFlattening: false };
  },
};

/** `WAV or MP3 of 2 to 30 s`. */
function describeSlot(slot: Slot): string {
  const sides =
    slot.kind === "audio" ? "" : ` with ${slot.sidePx[0]} to ${slot.sidePx[1]} pixels on each side`;
  const length = slot.kind === "image" ? "" : ` of ${slot.seconds[0]} to ${slot.seconds[1]} s`;
  return `${formatList(slot.mediaTypes)}${length}${sides}`;
}

/** The sender's name for the file, for people to read: no path, no control characters, not endless. */
export function displayName(raw: string): string {
  const base = raw.split(/[\\/]/).at(-1) ?? "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  const clean = base.replace(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "").trim();
  const letters = Array.from(clean);
  if (letters.length === 0) return "unnamed file";
  return letters.length > 120 ? `${letters.slice(0, 80).join("")}…${letters.slice(-30).join("")}` : clean;
}
