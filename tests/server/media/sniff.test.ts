import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sniffFile } from "@/lib/server/media/sniff";
import { makeBmp } from "@/tests/fixtures/media/make-bmp";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sniff-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function sniff(content: Buffer | string) {
  // A name that lies, so that only the content can have been looked at.
  const path = join(folder, "picture.png");
  await writeFile(path, content);
  return sniffFile(path);
}

const dot = () => sharp({ create: { width: 4, height: 4, channels: 3, background: "#123456" } });
const heicHead = Buffer.from("0000001c667479706865696300000000686569636d696631", "hex");
const mp4Head = Buffer.from("0000001c6674797069736f6d0000020069736f6d69736f326d703431", "hex");
const movHead = Buffer.from("000000146674797071742020000002007174202000000008", "hex");

test.each<[string, () => Promise<Buffer> | Buffer | string, string | null, string]>([
  ["JPEG", () => dot().jpeg().toBuffer(), "image/jpeg", "a JPEG picture"],
  ["PNG", () => dot().png().toBuffer(), "image/png", "a PNG picture"],
  ["WEBP", () => dot().webp().toBuffer(), "image/webp", "a WEBP picture"],
  ["BMP", () => makeBmp(4, 4, () => [1, 2, 3]), "image/bmp", "a BMP picture"],
  ["GIF", () => dot().gif().toBuffer(), "image/gif", "a GIF picture"],
  ["TIFF", () => dot().tiff().toBuffer(), "image/tiff", "a TIFF picture"],
  ["HEIC", () => heicHead, "image/heic", "a HEIC picture"],
  ["MP4", () => mp4Head, "video/mp4", "an MP4 video"],
  ["MOV", () => movHead, "video/quicktime", "a MOV video"],
  ["PDF", () => "%PDF-1.7\n1 0 obj", "application/pdf", "a PDF document"],
  ["plain SVG", () => '<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml", "an SVG drawing"],
  [
    "SVG behind a prologue",
    () => '\uFEFF<?xml version="1.0"?>\n<!-- drawn by hand -->\n<!DOCTYPE svg PUBLIC "x" "y">\n<svg>',
    "image/svg+xml",
    "an SVG drawing",
  ],
  ["HTML", () => "\n<!DOCTYPE html><html><body>Not found", "text/html", "a web page"],
  ["a note", () => "Zürich, 3 o'clock", "text/plain", "a text file"],
  ["a note in UTF-16", () => Buffer.from("\uFEFFhello", "utf16le"), "text/plain", "a text file"],
  ["a note that begins like a picture", () => "BMW is a car.", "text/plain", "a text file"],
  ["a note that begins like a GIF", () => "GIF89a is a format.", "text/plain", "a text file"],
  ["nothing", () => "", null, "an empty file"],
  ["noise", () => Buffer.from([1, 2, 3, 0, 250, 251, 0, 7]), null, "a file of unknown kind"],
])("%s is known by its content, whatever its name", async (_, make, mediaType, label) => {
  expect(await sniff(await make())).toEqual({ mediaType, label });
});

test("a text whose 4096th byte falls inside a character is still text", async () => {
  expect(await sniff(`a${"ü".repeat(4000)}`)).toEqual({ mediaType: "text/plain", label: "a text file" });
});
