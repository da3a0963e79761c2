import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { Storage } from "@/lib/server/storage/storage";

/** What every storage promises. `open` gives a fresh storage and a folder for the local files that it takes in. */
export function storageContract(
  name: string,
  open: () => Promise<{ storage: Storage; folder: string }>,
): void {
  async function opened() {
    const { storage, folder } = await open();
    let count = 0;
    return {
      storage,
      async localFile(content: string): Promise<string> {
        count += 1;
        const path = join(folder, `local-${count}`);
        await writeFile(path, content);
        return path;
      },
    };
  }

  describe(`${name} as a storage`, () => {
    it("gives back what was put, and takes the local file away", async () => {
      const { storage, localFile } = await opened();
      const path = await localFile("a film");
      await storage.put("assets/aa/film.mp4", path);
      expect(await storage.stat("assets/aa/film.mp4")).toEqual({ sizeBytes: 6 });
      const stream = await storage.open("assets/aa/film.mp4");
      expect(stream && (await text(stream))).toBe("a film");
      await expect(access(path)).rejects.toThrow();
    });

    it("gives a range with both its ends", async () => {
      const { storage, localFile } = await opened();
      await storage.put("assets/aa/film.mp4", await localFile("0123456789"));
      const stream = await storage.open("assets/aa/film.mp4", { start: 2, end: 5 });
      expect(stream && (await text(stream))).toBe("2345");
    });

    it("takes the same key again", async () => {
      const { storage, localFile } = await opened();
      await storage.put("assets/aa/film.mp4", await localFile("same"));
      await storage.put("assets/aa/film.mp4", await localFile("same"));
      expect(await storage.stat("assets/aa/film.mp4")).toEqual({ sizeBytes: 4 });
    });

    it("answers null for what is not there, and removes it without complaint", async () => {
      const { storage } = await opened();
      expect(await storage.open("assets/aa/none.mp4")).toBeNull();
      expect(await storage.stat("assets/aa/none.mp4")).toBeNull();
      expect(await storage.stat("assets")).toBeNull();
      await storage.remove("assets/aa/none.mp4");
    });

    it("forgets what was removed", async () => {
      const { storage, localFile } = await opened();
      await storage.put("assets/aa/film.mp4", await localFile("a film"));
      await storage.remove("assets/aa/film.mp4");
      expect(await storage.open("assets/aa/film.mp4")).toBeNull();
    });

    it("lends a local path with the bytes, and throws where there are none", async () => {
      const { storage, localFile } = await opened();
      await storage.put("assets/aa/film.mp4", await localFile("a film"));
      const { readFile } = await import("node:fs/promises");
      expect(await storage.withLocalFile("assets/aa/film.mp4", (path) => readFile(path, "utf8"))).toBe(
        "a film",
      );
      await expect(storage.withLocalFile("assets/aa/none.mp4", async () => 1)).rejects.toThrow(
        "assets/aa/none.mp4",
      );
    });

    it("never leaves its own ground", async () => {
      const { storage } = await opened();
      await expect(storage.stat("../secrets.json")).rejects.toThrow("left its folder");
      await expect(storage.open("/etc/passwd")).rejects.toThrow("left its folder");
    });
  });
}
