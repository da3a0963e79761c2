import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { BackupError } from "./backup-error";

export const DATABASE_FILE = "firstframe.sqlite";
export const SECRETS_FILE = "secrets.json";
export const MANIFEST_FILE = "backup.json";
/** Clips that have been fetched and are not stored yet. */
export const FETCHED_FOLDER = join("incoming", "named");

const manifestSchema = z.object({
  format: z.literal(1),
  madeAt: z.iso.datetime(),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number() })),
});

/** Written last: a folder without it is no whole backup. Paths are relative to the folder. */
export type BackupManifest = z.infer<typeof manifestSchema>;

export async function readManifest(folder: string): Promise<BackupManifest> {
  let text: string;
  try {
    text = await readFile(join(folder, MANIFEST_FILE), "utf8");
  } catch (cause) {
    throw new BackupError(`${folder} holds no whole backup: it has no ${MANIFEST_FILE}.`, { cause });
  }
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new BackupError(`${join(folder, MANIFEST_FILE)} is damaged, or of a newer Firstframe.`, { cause });
  }
}
