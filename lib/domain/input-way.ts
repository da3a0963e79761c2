/** How a file reaches a vendor: inside the call, by the vendor's own temporary store, or by a public link to us or our storage. */
export type InputWay = "inline" | "upload" | "link";

/**
 * Pictures up to this many bytes travel inside the create call. No vendor publishes a limit for the whole body; base64
 * adds a third, and about 7 MB of file is what is known to pass.
 */
export const INLINE_BYTES_MAX = 7_000_000;

/** Only pictures: no vendor's page allows a sound or a clip inside the call. */
export function fitsInCall(file: { mediaType: string; sizeBytes: number }): boolean {
  return file.mediaType.startsWith("image/") && file.sizeBytes <= INLINE_BYTES_MAX;
}
