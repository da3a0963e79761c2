import { readFile } from "node:fs/promises";

export async function toDataUri(file: { path: string; mediaType: string }): Promise<string> {
  return `data:${file.mediaType};base64,${await readFile(file.path, "base64")}`;
}
