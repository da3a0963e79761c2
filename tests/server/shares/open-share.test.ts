import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newShareToken } from "@/lib/domain/ids";
import type { NewAsset } from "@/lib/server/assets/asset-repository";
import { insertAsset } from "@/lib/server/assets/asset-repository";
import { createShare } from "@/lib/server/shares/create-share";
import { findShare } from "@/lib/server/shares/find-share";
import { openShare } from "@/lib/server/shares/open-share";
import { revokeShare } from "@/lib/server/shares/revoke-share";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { OWNER, openWorkshop } from "@/tests/support/test-workshop";

let studio: TestStudio;
let generationId: string;
let unfinishedId: string;

beforeEach(async () => {
  studio = await openTestStudio();
  const vendor = createScriptedVendor({
    "POST /api/v1/": [json(200, { output: { task_id: "t", task_status: "PENDING" } })],
    "GET /api/v1/": [json(200, { output: { task_status: "SUCCEEDED", video_url: "http://10.0.0.1/x.mp4" } })],
  });
  const shop = openWorkshop(studio, vendor.fetch);
  generationId = await shop.createOne();
  await shop.advanceDue();
  studio.clock.advance(15_000);
  await shop.advanceDue();
  const saving = await shop.read(generationId);
  expect(saving.state).toBe("saving");
  await studio.generations.applyEvent(saving, async (transaction) => ({
    type: "stored",
    at: studio.clock.now(),
    videoAssetId: (await insertAsset(transaction, file("video/mp4"), [])).id,
    posterAssetId: (await insertAsset(transaction, file("image/jpeg"), [])).id,
  }));
  unfinishedId = await shop.createOne();
});
afterEach(() => studio.remove());

function file(mediaType: "video/mp4" | "image/jpeg"): NewAsset {
  return {
    ownerId: OWNER,
    sha256: mediaType,
    kind: mediaType === "video/mp4" ? "video" : "image",
    mediaType,
    fileName: "clip",
    sizeBytes: 10,
    width: 1104,
    height: 816,
    durationSeconds: 5,
    needsFlattening: false,
    blobKey: `assets/${mediaType}`,
    previewKey: null,
    createdAt: 0,
  };
}

describe("a share link", () => {
  it("carries at least 128 random bits and opens the clip and nothing more", async () => {
    const { token } = await createShare(studio, OWNER, generationId);
    expect(token).toMatch(/^[0-9a-z]{32}$/);
    const opened = await openShare(studio, token);
    expect(opened?.view).toEqual({
      title: "A clip made with Firstframe",
      width: 1104,
      height: 816,
      durationSeconds: 5,
      sizeBytes: 10,
      isDemo: false,
    });
    expect(JSON.stringify(opened?.view)).not.toContain("pier");
  });

  it("is the same when it is asked for again", async () => {
    const first = await createShare(studio, OWNER, generationId);
    expect(await createShare(studio, OWNER, generationId)).toEqual(first);
    expect(await findShare(studio, OWNER, generationId)).toEqual(first);
  });

  it("is gone at once when its owner takes it back, and a new one is another", async () => {
    const { token } = await createShare(studio, OWNER, generationId);
    await revokeShare(studio, OWNER, token);
    expect(await openShare(studio, token)).toBeNull();
    expect(await findShare(studio, OWNER, generationId)).toBeNull();
    expect((await createShare(studio, OWNER, generationId)).token).not.toBe(token);
  });

  it("cannot be made, seen or taken back by a stranger", async () => {
    await expect(createShare(studio, "usr_b", generationId)).rejects.toMatchObject({ code: "not-found" });
    const { token } = await createShare(studio, OWNER, generationId);
    expect(await findShare(studio, "usr_b", generationId)).toBeNull();
    await revokeShare(studio, "usr_b", token);
    expect(await openShare(studio, token)).not.toBeNull();
  });

  it("waits for the clip, and an unknown token opens nothing", async () => {
    await expect(createShare(studio, OWNER, unfinishedId)).rejects.toMatchObject({ code: "state-changed" });
    expect(await openShare(studio, newShareToken())).toBeNull();
  });
});
