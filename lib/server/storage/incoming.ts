import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "@/lib/domain/ids";

/** The folder of files that are not complete yet: uploads on their way in, results on their way from the vendor. */
export type Incoming = {
  /** Names this folder among those of all processes, for as long as it exists; it is kept in the file `id` in it. */
  spoolId: string;
  /** A path that nothing else uses. */
  newPath(extension?: string): string;
  /** A path that is the same for the same name, for downloads that go on after a restart. */
  pathFor(name: string): string;
  /** Every file that `pathFor` has been asked for and is there, with what lies beside it under a longer name. */
  listNames(): Promise<string[]>;
};

/** Below the data folder. */
export const NAMED_FOLDER = join("incoming", "named");

/** Makes the folder. What an earlier process left half done is thrown away, except the named downloads. */
export async function openIncoming(dataDir: string): Promise<Incoming> {
  const nameless = join(dataDir, "incoming", "nameless");
  const named = join(dataDir, NAMED_FOLDER);
  await rm(nameless, { recursive: true, force: true });
  await mkdir(nameless, { recursive: true });
  await mkdir(named, { recursive: true });
  return {
    spoolId: await readSpoolId(join(dataDir, "incoming", "id")),
    newPath: (extension = "") => join(nameless, newId("req") + extension),
    pathFor: (name) => join(named, name),
    listNames: () => readdir(named),
  };
}

/** Made with the first look, whole or not at all. */
async function readSpoolId(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  const id = newId("spl");
  await writeFile(`${path}.tmp`, id, { flush: true });
  await rename(`${path}.tmp`, path);
  return id;
}
