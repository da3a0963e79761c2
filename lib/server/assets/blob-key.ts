const EXTENSIONS: Record<string, string> = {
  "image/jpeg": ".jpg",
  "image/png": ".png",
  "image/bmp": ".bmp",
  "image/webp": ".webp",
  "audio/wav": ".wav",
  "audio/mpeg": ".mp3",
  "video/mp4": ".mp4",
  "video/quicktime": ".mov",
};

/** Equal content has one key, whoever owns it. */
export function blobKeyFor(sha256: string, mediaType: string): string {
  return `assets/${sha256.slice(0, 2)}/${sha256}${EXTENSIONS[mediaType] ?? ""}`;
}

/** `limits` is text that is safe in a path. */
export function renditionKeyFor(sha256: string, limits: string, mediaType: string): string {
  return `renditions/${sha256.slice(0, 2)}/${sha256}-${limits}${EXTENSIONS[mediaType] ?? ""}`;
}

export function previewKeyFor(sha256: string): string {
  return `previews/${sha256.slice(0, 2)}/${sha256}.webp`;
}
