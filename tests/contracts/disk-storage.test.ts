import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { createDiskStorage } from "@/lib/server/storage/disk-storage";
import { storageContract } from "./storage-contract";

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

storageContract("the disk", async () => {
  const folder = await mkdtemp(join(tmpdir(), "firstframe-storage-"));
  folders.push(folder);
  return { storage: createDiskStorage(join(folder, "storage")), folder };
});
