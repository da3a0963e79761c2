import { type MeasuredFile, refuseForSlot, tooLargeMessage } from "@/lib/domain/asset";
import type { Slot, SlotName } from "@/lib/domain/models/model";
import type { PixelSize } from "@/lib/domain/models/output-size";

/** What the browser can tell of a file before sending it. */
export type Inspection =
  | { fits: true; localUrl: string | null; size: PixelSize | null }
  | { fits: false; message: string };

/**
 * The early look, in the words the server would use. It refuses only what it is sure of: a file it cannot read goes to
 * the server, whose measure counts.
 */
export async function inspectFile(slotName: SlotName, slot: Slot, file: File): Promise<Inspection> {
  const named = { fileName: file.name, sizeBytes: file.size };
  if (file.size > slot.bytesMax) return { fits: false, message: tooLargeMessage(slotName, slot, named) };

  const mediaType = sniffMediaType(new Uint8Array(await file.slice(0, 16).arrayBuffer()));
  if (mediaType === null) return { fits: true, localUrl: null, size: null };

  const isPicture = mediaType.startsWith("image/");
  const localUrl = isPicture ? URL.createObjectURL(file) : null;
  const size = localUrl === null ? null : await pictureSize(localUrl);
  const measured: MeasuredFile = {
    kind: isPicture ? "image" : mediaType.startsWith("audio/") ? "audio" : "video",
    mediaType,
    sizeBytes: file.size,
    width: size?.width ?? null,
    height: size?.height ?? null,
    durationSeconds: null,
  };
  const refusal = refuseForSlot(slotName, slot, { ...measured, ...named });
  if (!refusal) return { fits: true, localUrl, size };
  if (localUrl !== null) URL.revokeObjectURL(localUrl);
  return { fits: false, message: refusal.message };
}

const SIGNATURES: readonly { mediaType: string; at: number; bytes: string }[] = [
  { mediaType: "image/jpeg", at: 0, bytes: "\xff\xd8\xff" },
  { mediaType: "image/png", at: 0, bytes: "\x89PNG\r\n\x1a\n" },
  { mediaType: "image/webp", at: 8, bytes: "WEBP" },
  { mediaType: "image/bmp", at: 0, bytes: "BM" },
  { mediaType: "image/gif", at: 0, bytes: "GIF8" },
  { mediaType: "audio/wav", at: 8, bytes: "WAVE" },
  { mediaType: "audio/mpeg", at: 0, bytes: "ID3" },
  { mediaType: "video/quicktime", at: 4, bytes: "ftypqt" },
  { mediaType: "video/mp4", at: 4, bytes: "ftypisom" },
  { mediaType: "video/mp4", at: 4, bytes: "ftypmp4" },
];

function sniffMediaType(head: Uint8Array): string | null {
  const text = String.fromCharCode(...head);
  return SIGNATURES.find(({ at, bytes }) => text.startsWith(bytes, at))?.mediaType ?? null;
}

/** Reads only the header: the browser does not unpack a picture that is never drawn. */
function pictureSize(url: string): Promise<PixelSize | null> {
  return new Promise((resolve) => {
    const picture = new Image();
    picture.onload = () => resolve({ width: picture.naturalWidth, height: picture.naturalHeight });
    picture.onerror = () => resolve(null);
    picture.src = url;
  });
}
