import type { Slot, SlotName } from "./models/model";
import type { PixelSize } from "./models/output-size";

export type AssetKind = "image" | "audio" | "video";

/** What was measured in a file, whatever its name claims. Sizes are as displayed (EXIF and rotation applied). */
export type MeasuredFile = {
  kind: AssetKind;
  mediaType: string;
  sizeBytes: number;
  width: number | null;
  height: number | null;
  durationSeconds: number | null;
};

/** A stored file as its owner sees it. */
export type AssetView = MeasuredFile & { id: string; fileName: string };

const SLOT_LABELS: Record<SlotName, string> = {
  firstFrame: "first frame",
  lastFrame: "last frame",
  drivingAudio: "driving audio",
  firstClip: "clip",
};

export function slotLabel(slot: SlotName): string {
  return SLOT_LABELS[slot];
}

const FORMAT_LABELS: Record<string, string> = {
  "image/jpeg": "JPEG",
  "image/png": "PNG",
  "image/bmp": "BMP",
  "image/webp": "WEBP",
  "audio/wav": "WAV",
  "audio/mpeg": "MP3",
  "video/mp4": "MP4",
  "video/quicktime": "MOV",
};

export function formatLabel(mediaType: string): string {
  return FORMAT_LABELS[mediaType] ?? mediaType;
}

/** `JPEG, PNG, BMP or WEBP`. */
export function formatList(mediaTypes: readonly string[]): string {
  const labels = mediaTypes.map(formatLabel);
  return labels.length < 2 ? labels.join("") : `${labels.slice(0, -1).join(", ")} or ${labels.at(-1)}`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function formatSize({ width, height }: PixelSize): string {
  return `${width} × ${height}`;
}

export type Refusal = {
  code: "file-not-accepted" | "file-too-large" | "file-out-of-limits";
  /** A sentence with the file's name, what was measured and what is allowed. */
  message: string;
};

/** Checks a measured file against a slot. Null when it fits; the first broken limit otherwise. */
export function refuseForSlot(
  slotName: SlotName,
  slot: Slot,
  file: MeasuredFile & { fileName: string },
): Refusal | null {
  const place = slotLabel(slotName);
  if (!slot.mediaTypes.includes(file.mediaType)) {
    return {
      code: "file-not-accepted",
      message: `“${file.fileName}” is ${KIND_NOUNS[file.kind]} (${formatLabel(file.mediaType)}). A ${place} takes ${formatList(slot.mediaTypes)}.`,
    };
  }
  if (file.sizeBytes > slot.bytesMax) {
    return { code: "file-too-large", message: tooLargeMessage(slotName, slot, file) };
  }
  const broken =
    (slot.kind !== "audio" && brokenSize(slot, file)) || (slot.kind !== "image" && brokenLength(slot, file));
  return broken
    ? {
        code: "file-out-of-limits",
        message: `“${file.fileName}” ${broken.measured}. A ${place} ${broken.allowed}.`,
      }
    : null;
}

export function tooLargeMessage(
  slotName: SlotName,
  slot: Slot,
  file: { fileName: string; sizeBytes: number },
): string {
  return `“${file.fileName}” is ${formatBytes(file.sizeBytes)}. A ${slotLabel(slotName)} may be at most ${formatBytes(slot.bytesMax)}.`;
}

type BrokenLimit = { measured: string; allowed: string };

function brokenSize(slot: Extract<Slot, { sidePx: unknown }>, file: MeasuredFile): BrokenLimit | null {
  const { width, height } = file;
  if (width === null || height === null) return null;
  const [min, max] = slot.sidePx;
  const measured = `is ${formatSize({ width, height })}`;
  if (Math.min(width, height) < min || Math.max(width, height) > max) {
    return { measured, allowed: `has ${min} to ${max} pixels on each side` };
  }
  if (slot.ratioMax !== null && Math.max(width, height) > slot.ratioMax * Math.min(width, height)) {
    const ratio = width > height ? `${(width / height).toFixed(1)}:1` : `1:${(height / width).toFixed(1)}`;
    return {
      measured: `${measured}, a ratio of ${ratio}`,
      allowed: `may be at most ${slot.ratioMax}:1 wide or 1:${slot.ratioMax} tall`,
    };
  }
  return null;
}

/**
 * What encoders add to the end of a file that was meant to be as long as the limit. Measured: LAME pads 30 s of sound to
 * between 30.024 s (48 kHz) and 30.096 s (16 kHz); 10 s of film become 10.010 s at 29.97 and 10.040 s at 25 frames a
 * second. Whether a vendor forgives it is not written, so what is past the limit is cut off, without loss, before the
 * file goes out. At the short end nothing is added and nothing is forgiven.
 */
export const PADDING_SECONDS = 0.1;

function brokenLength(slot: Extract<Slot, { seconds: unknown }>, file: MeasuredFile): BrokenLimit | null {
  if (file.durationSeconds === null) return null;
  const [min, max] = slot.seconds;
  if (file.durationSeconds >= min && file.durationSeconds <= max + PADDING_SECONDS) return null;
  return {
    measured: `lasts ${exactSeconds(file.durationSeconds, slot)} s`,
    allowed: `lasts ${min} to ${max} s`,
  };
}

/** With as many decimals as it takes to see which side of the limit it is on: 1.996 s is not “2.0 s”. */
function exactSeconds(seconds: number, { seconds: limits }: { seconds: readonly number[] }): string {
  const rounded = seconds.toFixed(1);
  return limits.includes(Number(rounded)) ? seconds.toFixed(3) : rounded;
}

const KIND_NOUNS: Record<AssetKind, string> = { image: "a picture", audio: "a sound file", video: "a video" };
