import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import type { MediaProcess } from "@/lib/server/media/media-process";
import { makePicture } from "@/tests/fixtures/media/make-picture";
import { testFolder } from "@/tests/fixtures/media/test-folder";
import { makeWav } from "@/tests/server/media/make-wav";

export const first = () => makePicture(640, 480);
/** As unlike the first as a picture can be: slanting stripes all over. */
export const last = () =>
  sharp(
    Uint8Array.from({ length: 640 * 480 * 3 }, (_, at) => {
      const pixel = Math.floor(at / 3);
      return 128 + 100 * Math.sin((2 * (pixel % 640) + 3 * Math.floor(pixel / 640)) / 12);
    }),
    { raw: { width: 640, height: 480, channels: 3 } },
  );

/** A host with one file of each kind, and what stands at its addresses. */
export async function startHost(
  media: MediaProcess,
  { clipSeconds = 2, soundSeconds = 3, clipSize = { width: 320, height: 240 } } = {},
) {
  const folder = await testFolder();
  const [picturePath, clipPath, soundPath] = ["in.png", "clip.mp4", "tone.wav"].map((name) =>
    join(folder, name),
  );
  if (!picturePath || !clipPath || !soundPath) throw new Error("a path is missing");
  await makePicture(640, 480).png().toFile(picturePath);
  await writeFile(soundPath, makeWav(soundSeconds));
  await media.run("render-move", {
    ...clipSize,
    picturePath,
    outputPath: clipPath,
    frameCount: Math.round(clipSeconds * 30),
    framesPerSecond: 30,
    caption: "",
    seed: 3,
    sound: { kind: "file", path: soundPath },
  });
  const files: Record<string, Buffer> = {
    "first.png": await first().png().toBuffer(),
    "last.png": await last().png().toBuffer(),
    "sound.wav": await readFile(soundPath),
    "clip.mp4": await readFile(clipPath),
  };
  const network = async (input: RequestInfo | URL) => {
    const file = files[String(input).split("/").at(-1) ?? ""];
    return file ? new Response(new Uint8Array(file)) : new Response("", { status: 404 });
  };
  return { fetch: network as typeof fetch, clipPath, files };
}

export const at = (name: string) => `https://host.test/${name}`;
export const item = (type: string) => ({
  type,
  url: at(
    { first_frame: "first.png", last_frame: "last.png", driving_audio: "sound.wav" }[type] ?? "clip.mp4",
  ),
});
