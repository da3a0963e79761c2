import { join } from "node:path";
import type { DataUri } from "./task";
import { writeDurably } from "./write-durably";

const HEAD_PATTERN = /^data:([^;,]*)((?:;[^;,]*)*),/;
const BARE_PATTERN = /^[A-Za-z0-9+/]{64,}={0,2}$/;
const KEPT_CHARS = 60;

/**
 * Writes the files that stand as data URIs anywhere in `value` into `folder`, and returns the value with their heads
 * only, so that a task's record stays small. A malformed one keeps no file, and is refused when it is read. Some places
 * take the Base64 alone.
 */
export async function takeOutDataUris(
  value: Record<string, unknown>,
  place: string,
  folder: string,
  takesBareBase64: (place: string) => boolean = () => false,
): Promise<{ value: Record<string, unknown>; dataUris: Record<string, DataUri> }> {
  const dataUris: Record<string, DataUri> = {};
  const stripped = (await strip(value, place)) as Record<string, unknown>;
  return { value: stripped, dataUris };

  async function strip(part: unknown, at: string): Promise<unknown> {
    const isBare = typeof part === "string" && takesBareBase64(at) && BARE_PATTERN.test(part);
    if (typeof part === "string" && (isBare || part.startsWith("data:"))) {
      const file = isBare ? { mediaType: null, bytes: Buffer.from(part, "base64") } : decode(part);
      if (file) {
        const fileName = `input-${Object.keys(dataUris).length}`;
        await writeDurably(join(folder, fileName), file.bytes);
        dataUris[at] = { fileName, mediaType: file.mediaType };
      }
      return part.slice(0, KEPT_CHARS);
    }
    if (Array.isArray(part)) {
      const items: unknown[] = [];
      for (const [index, item] of part.entries()) items.push(await strip(item, `${at}.${index}`));
      return items;
    }
    if (typeof part === "object" && part !== null) {
      const fields: Record<string, unknown> = {};
      for (const [name, field] of Object.entries(part)) fields[name] = await strip(field, `${at}.${name}`);
      return fields;
    }
    return part;
  }
}

function decode(uri: string): { mediaType: string; bytes: Buffer } | null {
  const [head, mediaType = "", options = ""] = HEAD_PATTERN.exec(uri.slice(0, 200)) ?? [];
  if (head === undefined || !options.split(";").includes("base64")) return null;
  const text = uri.slice(head.length);
  const bytes = Buffer.from(text, "base64");
  // Buffer skips what is no Base64; a file with a hole in it must not pass.
  const isWhole = bytes.length === Math.floor((text.replace(/=+$/, "").length * 3) / 4);
  return isWhole ? { mediaType: mediaType.toLowerCase(), bytes } : null;
}
