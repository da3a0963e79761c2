import { open } from "node:fs/promises";

/** How many pictures an animated PNG holds; 1 for a plain one. libvips reads the first and does not tell of the others. */
export async function countPngFrames(path: string): Promise<number> {
  const file = await open(path);
  try {
    const chunkHead = Buffer.alloc(12);
    // Nothing obliges a file to be short of chunks before its pixels, so the search is bounded.
    for (let at = 8, chunks = 0; chunks < 64; chunks++) {
      const { bytesRead } = await file.read(chunkHead, 0, 12, at);
      if (bytesRead < 12) return 1;
      const name = chunkHead.toString("latin1", 4, 8);
      if (name === "acTL") return Math.max(1, chunkHead.readUInt32BE(8));
      if (name === "IDAT" || name === "IEND") return 1;
      at += 12 + chunkHead.readUInt32BE(0);
    }
    return 1;
  } finally {
    await file.close();
  }
}
