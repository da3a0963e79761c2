import { readFile, rm, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { expect } from "vitest";
import type { ConnectionPlace } from "@/lib/domain/connection";
import type { GenerationParameters, GenerationView } from "@/lib/domain/generation";
import { type Mode, type Model, SLOT_NAMES, type SlotName } from "@/lib/domain/models/model";
import { estimatePrice } from "@/lib/domain/models/price";
import { storeUpload } from "@/lib/server/assets/store-upload";
import { createGeneration } from "@/lib/server/generations/create-generation";
import { makeWav } from "@/tests/server/media/make-wav";
import { jpegPicture, pngPicture } from "@/tests/support/pictures";
import { type TestStudio, testMedia } from "@/tests/support/test-studio";
import { OWNER, type TestWorkshop } from "@/tests/support/test-workshop";
import type { Captured } from "./captured-requests";

export const PICTURE = { width: 320, height: 240 };
/** How long the clip that is continued is. */
export const CLIP_SECONDS = 2;

export type StoredInput = { id: string; bytes: Buffer; mediaType: string };
export type StoredInputs = Record<SlotName, StoredInput>;

/** One file for each slot, given to the studio the way a browser does it. */
export async function storeInputs(studio: TestStudio): Promise<StoredInputs> {
  const jpeg = await jpegPicture(PICTURE.width, PICTURE.height);
  const files: Record<SlotName, [fileName: string, mediaType: string, bytes: Buffer]> = {
    firstFrame: ["first.jpg", "image/jpeg", jpeg],
    lastFrame: ["last.png", "image/png", await pngPicture(PICTURE.width, PICTURE.height)],
    drivingAudio: ["voice.wav", "audio/wav", makeWav(3, { sampleRate: 8_000, channels: 1 })],
    firstClip: ["take.mp4", "video/mp4", await makeClip(studio, jpeg)],
  };
  const stored: Partial<StoredInputs> = {};
  for (const slot of SLOT_NAMES) {
    const [fileName, mediaType, bytes] = files[slot];
    stored[slot] = { id: await store(studio, slot, fileName, bytes), bytes, mediaType };
  }
  return stored as StoredInputs;
}

export async function store(
  studio: TestStudio,
  slot: SlotName,
  fileName: string,
  bytes: Buffer,
): Promise<string> {
  const upload = { fileName, slot, modelId: "wan2.7-i2v", announcedBytes: bytes.length };
  const { asset } = await storeUpload(studio, OWNER, { ...upload, body: Readable.from([bytes]) });
  return asset.id;
}

async function makeClip({ incoming }: TestStudio, picture: Buffer): Promise<Buffer> {
  const [picturePath, outputPath] = [incoming.newPath(".jpg"), incoming.newPath(".mp4")];
  await writeFile(picturePath, picture);
  await testMedia().run("render-move", {
    ...PICTURE,
    picturePath,
    outputPath,
    frameCount: CLIP_SECONDS * 30,
    framesPerSecond: 30,
    caption: "",
    seed: 1,
  });
  const bytes = await readFile(outputPath);
  await Promise.all([rm(picturePath), rm(outputPath)]);
  return bytes;
}

type Order = {
  model: Model;
  place: ConnectionPlace;
  mode: Mode;
  media: SlotName[];
  form: GenerationParameters;
};

/** Presses Generate: a row in the database is all that remains of the form. */
export function press(shop: TestWorkshop, inputs: StoredInputs, order: Order): Promise<GenerationView> {
  const { model, place, mode, media, form } = order;
  return createGeneration(
    shop.workshop,
    OWNER,
    shop.order({
      modelId: model.id,
      mode,
      media: Object.fromEntries(media.map((slot) => [slot, inputs[slot].id])),
      parameters: form,
      shownPrice: estimatePrice(model, { place, prices: [] }, form),
    }),
  );
}

/**
 * Where each input may be read by the vendor: a picture stands in the request; the rest is in the vendor's own store,
 * under the address that its form gave it, or with us where the vendor has none.
 */
export async function addressesOf(
  shop: TestWorkshop,
  inputs: StoredInputs,
  media: SlotName[],
  { forms, policies }: Captured,
  remoteId: unknown,
): Promise<Partial<Record<SlotName, string>>> {
  const addresses: Partial<Record<SlotName, string>> = {};
  for (const slot of media) {
    const { id, bytes, mediaType } = inputs[slot];
    if (mediaType.startsWith("image/"))
      addresses[slot] = `data:${mediaType};base64,${bytes.toString("base64")}`;
    else addresses[slot] = (await uploadedAs(bytes)) ?? (await linkTo(id));
  }
  // A file goes up under the model that is to read it, and its form never carries the key.
  for (const { url } of policies()) expect(new URL(url).searchParams.get("model")).toBe(remoteId);
  for (const { headers } of forms()) expect(headers).not.toHaveProperty("authorization");
  return addresses;

  async function uploadedAs(bytes: Buffer): Promise<string | null> {
    for (const { form } of forms()) {
      const file = form?.get("file");
      if (!(file instanceof Blob)) continue;
      if (bytes.equals(Buffer.from(await file.arrayBuffer()))) return `oss://${form?.get("key")}`;
    }
    return null;
  }

  async function linkTo(id: string): Promise<string> {
    const { assets, mediaLinks, connections } = shop.workshop;
    const [asset, [connection]] = [await assets.find(OWNER, id), connections.offered];
    return (
      (asset && connection && (await mediaLinks.urlFor(connection.view, asset))) ??
      expect.fail("there is no link")
    );
  }
}
