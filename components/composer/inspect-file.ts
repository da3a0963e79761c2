import { type AssetKind, type MeasuredFile, refuseForSlot, tooLargeMessage } from "@/lib/domain/asset";
import type { Slot, SlotName } from "@/lib/domain/models/model";
import type { PixelSize } from "@/lib/domain/models/output-size";

/** What the browser can tell of a file before sending it. */
export type Inspection =
  | { fits: true; localUrl: string | null; size: PixelSize | null; durationSeconds: number | null }
  | { fits: false; message: string };

type Measured = { size: PixelSize | null; durationSeconds: number | null };
const UNMEASURED: Measured = { size: null, durationSeconds: null };

/**
 * The early look, in the words the server would use. It refuses only what it is sure of: a file it cannot read goes to
 * the server, whose measure counts.
 */
export async function inspectFile(slotName: SlotName, slot: Slot, file: File): Promise<Inspection> {
  const named = { fileName: file.name, sizeBytes: file.size };
  if (file.size > slot.bytesMax) return { fits: false, message: tooLargeMessage(slotName, slot, named) };

  const mediaType = sniffMediaType(new Uint8Array(await file.slice(0, 16).arrayBuffer()));
  if (mediaType === null) return { fits: true, localUrl: null, ...UNMEASURED };

  const kind = kindOf(mediaType);
  const localUrl = URL.createObjectURL(file);
  const { size, durationSeconds } = await MEASURES[kind](localUrl);
  const measured: MeasuredFile = {
    kind,
    mediaType,
    sizeBytes: file.size,
    width: size?.width ?? null,
    height: size?.height ?? null,
    durationSeconds: isNearEdge(slot, durationSeconds) ? null : durationSeconds,
  };
  const refusal = refuseForSlot(slotName, slot, { ...measured, ...named });
  if (!refusal) return { fits: true, localUrl, size, durationSeconds };
  URL.revokeObjectURL(localUrl);
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

function kindOf(mediaType: string): AssetKind {
  if (mediaType.startsWith("image/")) return "image";
  return mediaType.startsWith("audio/") ? "audio" : "video";
}

/** Two readers may differ by a frame about where a file ends: so close to a limit the server decides. */
const EDGE_SECONDS = 0.15;

function isNearEdge(slot: Slot, seconds: number | null): boolean {
  return (
    slot.kind !== "image" &&
    seconds !== null &&
    slot.seconds.some((limit) => Math.abs(limit - seconds) < EDGE_SECONDS)
  );
}

const GIVE_UP_MS = 4000;

const MEASURES: Record<AssetKind, (url: string) => Promise<Measured>> = {
  async image(url) {
    return { size: await pictureSize(url), durationSeconds: null };
  },
  audio: (url) => mediaMeasure(document.createElement("audio"), url),
  video: (url) => mediaMeasure(document.createElement("video"), url),
};

/** Reads only the header: the browser does not unpack a picture that is never drawn. */
function pictureSize(url: string): Promise<PixelSize | null> {
  return new Promise((resolve) => {
    const picture = new Image();
    picture.onload = () => resolve({ width: picture.naturalWidth, height: picture.naturalHeight });
    picture.onerror = () => resolve(null);
    picture.src = url;
  });
}

function mediaMeasure(element: HTMLMediaElement, url: string): Promise<Measured> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle(UNMEASURED), GIVE_UP_MS);
    function settle(measured: Measured) {
      clearTimeout(timer);
      element.onloadedmetadata = null;
      element.onerror = null;
      element.removeAttribute("src");
      resolve(measured);
    }
    element.preload = "metadata";
    element.onerror = () => settle(UNMEASURED);
    element.onloadedmetadata = () => {
      const { duration } = element;
      const hasPicture = element instanceof HTMLVideoElement && element.videoWidth > 0;
      settle({
        size: hasPicture ? { width: element.videoWidth, height: element.videoHeight } : null,
        durationSeconds: Number.isFinite(duration) ? duration : null,
      });
    };
    element.src = url;
  });
}
