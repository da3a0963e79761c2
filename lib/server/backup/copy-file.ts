import { constants } from "node:fs";
import { copyFile, link, mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * The same bytes under a second name, or a copy where that cannot be (another disk, a system without links). Only for
 * files that are never changed, as those of the storage are. Answers their size; null where there is no such file.
 */
export async function linkOrCopy(source: string, target: string): Promise<number | null> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  try {
    await link(source, target);
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    if (isCode(error, "EEXIST")) throw error;
    return copyDurably(source, target);
  }
  return (await stat(target)).size;
}

/** A copy whose bytes are on disk when this returns. Null where there is no such file. */
export async function copyDurably(source: string, target: string): Promise<number | null> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  try {
    await copyFile(source, target, constants.COPYFILE_EXCL);
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
  const handle = await open(target, "r");
  try {
    await handle.sync();
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
