import { open } from "node:fs/promises";
import { fileTypeFromFile } from "file-type";

/** `mediaType` is null when the content has none that matters here; `label` can follow "is ": "an SVG drawing". */
export type Sniffed = { mediaType: string | null; label: string };

const LABELS: Record<string, string> = {
  "image/jpeg": "a JPEG picture",
  "image/png": "a PNG picture",
  "image/bmp": "a BMP picture",
  "image/webp": "a WEBP picture",
  "image/gif": "a GIF picture",
  "image/heic": "a HEIC picture",
  "image/heif": "a HEIF picture",
  "image/avif": "an AVIF picture",
  "image/tiff": "a TIFF picture",
  "image/svg+xml": "an SVG drawing",
  "image/x-icon": "an icon",
  "image/jxl": "a JPEG XL picture",
  "image/vnd.adobe.photoshop": "a Photoshop file",
  "video/mp4": "an MP4 video",
  "video/quicktime": "a MOV video",
  "video/webm": "a WebM video",
  "video/matroska": "an MKV video",
  "video/vnd.avi": "an AVI video",
  "audio/mpeg": "an MP3 sound",
  "audio/wav": "a WAV sound",
  "audio/ogg": "an Ogg sound",
  "audio/flac": "a FLAC sound",
  "audio/x-m4a": "an M4A sound",
  "audio/aac": "an AAC sound",
  "application/pdf": "a PDF document",
  "application/zip": "a ZIP archive",
  "application/x-cfb": "an older Office document",
  "text/html": "a web page",
  "application/xml": "an XML file",
  "text/plain": "a text file",
};

// What file-type calls differently from the vendors and browsers this studio talks to.
const SAME_AS: Record<string, string> = {
  "image/apng": "image/png",
  "image/heic-sequence": "image/heic",
  "image/heif-sequence": "image/heif",
  "audio/vnd.wave": "audio/wav",
  "audio/x-wav": "audio/wav",
  "audio/x-flac": "audio/flac",
  "audio/mp4": "audio/x-m4a",
  "video/x-m4v": "video/mp4",
  "video/x-matroska": "video/matroska",
};

const HEAD_SIZE_BYTES = 4096;

/** Says what a file is by its content, whatever its name. */
export async function sniffFile(path: string): Promise<Sniffed> {
  const head = await readHead(path);
  if (head.length === 0) return { mediaType: null, label: "an empty file" };
  const text = decodeText(head);
  const mediaType =
    (text === null ? null : markupTypeOf(text)) ??
    (await magicTypeOf(path, text !== null)) ??
    (text === null ? null : "text/plain");
  if (mediaType === null) return { mediaType: null, label: "a file of unknown kind" };
  return { mediaType, label: LABELS[mediaType] ?? labelOfFamily(mediaType) };
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(HEAD_SIZE_BYTES);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function magicTypeOf(path: string, isText: boolean): Promise<string | null> {
  // file-type follows the numbers in a file and throws when a cut file leads it past the end.
  const found = await fileTypeFromFile(path).catch(() => undefined);
  // A note that begins with "BMW" or "GIF89a" has the magic of a picture; pictures, sounds and films are never all text.
  if (!found || (isText && !found.mime.startsWith("application/"))) return null;
  return SAME_AS[found.mime] ?? found.mime;
}

function markupTypeOf(text: string): string | null {
  const start = text
    .replace(/^\uFEFF/, "")
    .replace(/^(\s|<\?xml[^>]*\?>|<!--[\s\S]*?-->|<!DOCTYPE svg[^>[]*(\[[^\]]*\])?>)+/i, "");
  if (/^<(\w+:)?svg[\s>]/i.test(start)) return "image/svg+xml";
  if (/^(<!doctype html|<(html|head|body|script|title)[\s>])/i.test(start)) return "text/html";
  return null;
}

/** The head as text, or null when it holds bytes that no text has. */
function decodeText(head: Buffer): string | null {
  const encoding = utf16EncodingOf(head) ?? "utf-8";
  try {
    // `stream` forgives a character that the head cuts in two.
    const text = new TextDecoder(encoding, { fatal: true }).decode(head, { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary from text.
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

function utf16EncodingOf(head: Buffer): "utf-16le" | "utf-16be" | null {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  return null;
}

function labelOfFamily(mediaType: string): string {
  const [family, kind = ""] = mediaType.split("/");
  const name = kind.replace(/^(x-|vnd\.)/, "").toUpperCase();
  if (family === "image") return `a ${name} picture`;
  if (family === "video") return `a ${name} video`;
  if (family === "audio") return `a ${name} sound`;
  return `a ${name} file`;
}
