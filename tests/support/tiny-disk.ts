import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export type TinyDisk = { path: string; remove(): Promise<void> };

/** A real disk of so many bytes, so that it can be filled; null where this user or system may not mount one. */
export async function openTinyDisk(sizeBytes: number): Promise<TinyDisk | null> {
  const path = await mkdtemp(join(tmpdir(), "firstframe-tiny-"));
  const isMounted = await run("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes}`, "tmpfs", path]).then(
    () => true,
    () => false,
  );
  async function remove(): Promise<void> {
    // Lazily: a file that something still has open must not keep the test from ending.
    if (isMounted) await run("umount", ["-l", path]);
    await rm(path, { recursive: true, force: true });
  }
  if (isMounted) return { path, remove };
  await remove();
  return null;
}
