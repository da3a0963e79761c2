import { readFile } from "node:fs/promises";

/**
 * Pictures up to this many bytes travel inside the create call. No vendor publishes a limit for the whole body; base64
 * adds a third, and about 7 MB of file is what is known to pass.
 */
const DATA_URI_BYTES_MAX = 7_000_000;

/** Only pictures: no vendor's page allows a sound or a clip inside the call. */
export function fitsInCall(file: { mediaType: string; sizeBytes: number }): boolean {
  return file.mediaType.startsWith("image/") && file.sizeBytes <= DATA_URI_BYTES_MAX;
}

export async function toDataUri(file: { path: string; mediaType: string }): Promise<string> {
  return `data:${file.mediaType};base64,${await readFile(file.path, "base64")}`;
}
