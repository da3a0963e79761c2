import { afterEach, beforeEach, expect, it } from "vitest";
import { isAppError } from "@/lib/domain/errors";
import type { Mode, SlotName } from "@/lib/domain/models/model";
import type { NewAsset } from "@/lib/server/assets/asset-repository";
import { createGeneration } from "@/lib/server/generations/create-generation";
import { createScriptedVendor } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop, type TestWorkshop } from "@/tests/support/test-workshop";

let studio: TestStudio;
let shop: TestWorkshop;
const ids = {} as Record<SlotName, string>;

beforeEach(async () => {
  studio = await openTestStudio();
  shop = openWorkshop(studio, createScriptedVendor({}).fetch);
  for (const [slot, file] of Object.entries(FILES)) ids[slot as SlotName] = await insert(file);
});
afterEach(() => studio.remove());

type File = Pick<NewAsset, "kind" | "mediaType"> & { size?: [number, number]; seconds?: number };
const FILES: Record<SlotName, File> = {
  firstFrame: { kind: "image", mediaType: "image/jpeg", size: [800, 600] },
  lastFrame: { kind: "image", mediaType: "image/png", size: [800, 600] },
  drivingAudio: { kind: "audio", mediaType: "audio/mpeg", seconds: 4 },
  firstClip: { kind: "video", mediaType: "video/mp4", size: [1280, 720], seconds: 3 },
};

async function insert({ kind, mediaType, size, seconds }: File): Promise<string> {
  const { id } = await studio.assets.insert(
    {
      ownerId: OWNER,
      sha256: `${mediaType} ${size} ${seconds}`,
      kind,
      mediaType,
      fileName: "file",
      sizeBytes: 1000,
      width: size?.[0] ?? null,
      height: size?.[1] ?? null,
      durationSeconds: seconds ?? null,
      needsFlattening: false,
      blobKey: `assets/${mediaType}`,
      previewKey: null,
      createdAt: 0,
    },
    [],
  );
  return id;
}

function order(mode: Mode, slots: SlotName[], change: Record<string, unknown> = {}) {
  const durationSeconds = Number(change.durationSeconds ?? 5);
  return createGeneration(
    shop.workshop,
    OWNER,
    shop.order({
      mode,
      media: Object.fromEntries(slots.map((slot) => [slot, ids[slot]])),
      parameters: { prompt: "x", resolution: "720P", durationSeconds, ...change },
      shownPrice: { amountMicro: durationSeconds * 100_000, currency: "USD" },
    }),
  );
}

async function refusedFields(promise: Promise<unknown>): Promise<string[]> {
  const error = await promise.then(
    () => expect.fail("it was taken"),
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw error;
  return Object.keys(error.fields ?? {});
}

it.each<[Mode, SlotName[]]>([
  ["animate", ["firstFrame"]],
  ["animate", ["firstFrame", "drivingAudio"]],
  ["between", ["firstFrame", "lastFrame"]],
  ["between", ["firstFrame", "lastFrame", "drivingAudio"]],
  ["continue", ["firstClip"]],
  ["continue", ["firstClip", "lastFrame"]],
])("the legal set is taken: %s with %j", async (mode, slots) => {
  expect((await order(mode, slots)).state).toBe("queued");
});

it.each<[Mode, SlotName[], string]>([
  ["animate", [], "firstFrame"],
  ["animate", ["lastFrame"], "firstFrame"],
  ["animate", ["drivingAudio"], "firstFrame"],
  ["between", ["lastFrame", "drivingAudio"], "firstFrame"],
  ["between", ["firstFrame"], "lastFrame"],
  ["continue", ["firstFrame"], "firstClip"],
  ["continue", ["firstClip", "firstFrame"], "firstFrame"],
  ["continue", ["firstClip", "drivingAudio"], "drivingAudio"],
])("every other set is refused before anything is spent: %s with %j", async (mode, slots, field) => {
  expect(await refusedFields(order(mode, slots))).toContain(field);
});

it("a continuation no longer than its clip is refused: nothing new would be paid for", async () => {
  expect(await refusedFields(order("continue", ["firstClip"], { durationSeconds: 3 }))).toEqual([
    "durationSeconds",
  ]);
  expect((await order("continue", ["firstClip"], { durationSeconds: 4 })).predictedSize).toEqual({
    width: 1280,
    height: 720,
  });
});

it("a continuation that has less than a frame of room is refused too", async () => {
  ids.firstClip = await insert({ kind: "video", mediaType: "video/mp4", size: [1280, 720], seconds: 4.99 });
  expect(await refusedFields(order("continue", ["firstClip"]))).toEqual(["durationSeconds"]);
});

it("a file is held against the limits of its slot, whatever slot it was uploaded for", async () => {
  ids.drivingAudio = await insert({ kind: "audio", mediaType: "audio/wav", seconds: 31 });
  ids.firstClip = await insert({ kind: "video", mediaType: "video/mp4", size: [1280, 720], seconds: 11 });
  ids.lastFrame = ids.drivingAudio;
  expect(await refusedFields(order("animate", ["firstFrame", "drivingAudio"]))).toEqual(["drivingAudio"]);
  expect(await refusedFields(order("continue", ["firstClip"], { durationSeconds: 15 }))).toEqual([
    "firstClip",
  ]);
  expect(await refusedFields(order("between", ["firstFrame", "lastFrame"]))).toEqual(["lastFrame"]);
});
