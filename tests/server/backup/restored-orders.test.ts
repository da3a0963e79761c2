import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GenerationState } from "@/lib/domain/generation";
import { holdBackRestored } from "@/lib/server/backup/hold-back-restored";
import { makeBackup } from "@/lib/server/backup/make-backup";
import { restoreBackup } from "@/lib/server/backup/restore-backup";
import { createRestoredRepository } from "@/lib/server/backup/restored-repository";
import { lockDataFolder } from "@/lib/server/db/data-folder-lock";
import type { Generation } from "@/lib/server/generations/generation";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { AT, insertSome } from "@/tests/support/some-generation";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { openWorkshop } from "@/tests/support/test-workshop";

const CREATE = "/api/v1/services/aigc/video-generation/video-synthesis";
const HOUR_MS = 3_600_000;

/** A vendor that takes every start, and says of every task that its files could not be read: another way is left. */
function unreadingVendor() {
  return createScriptedVendor({
    [`POST ${CREATE}`]: [json(200, { output: { task_id: "task-new", task_status: "PENDING" } })],
    "POST /api/v1/tasks/": [json(400, { code: "UnsupportedOperation", message: "x", request_id: "q" })],
    "GET /api/v1/tasks/": [
      ({ url }) =>
        new URL(url).pathname.endsWith("/tasks/")
          ? json(200, { total: 0, total_page: 0, page_no: 1, page_size: 100, data: [] })
          : json(200, {
              request_id: "q",
              output: {
                task_id: "t",
                task_status: "FAILED",
                code: "InvalidParameter.DataInspection",
                message: "Unable to download the media resource during the data inspection process.",
              },
            }),
    ],
    "GET /a.mp4": [new Response("gone", { status: 403 })],
  });
}

const atVendor = {
  submittedAt: AT,
  deadlineAt: AT + 24 * HOUR_MS,
  remoteTask: { taskId: "task-1", sent: { firstFrame: "upload" }, spareWays: ["upload"] },
};
const UNDER_WAY: Record<string, Partial<Generation> & { state: GenerationState }> = {
  "waits to be sent": { state: "queued" },
  "waits to be sent another way": { state: "queued", unreadWays: ["upload"], formerTaskId: "task-0" },
  "was just being sent": { state: "submitting", submittedAt: AT },
  "was sent without an answer": { state: "unconfirmed", submittedAt: AT },
  runs: { state: "running", ...atVendor },
  "runs and is to be cancelled": { state: "running", ...atVendor, cancelRequestedAt: AT },
  "is being saved": {
    state: "saving",
    ...atVendor,
    result: { url: "https://93.184.216.34/a.mp4", expiresAt: AT + 24 * HOUR_MS },
  },
};

let studio: TestStudio;
let place: string;
beforeEach(async () => {
  studio = await openTestStudio();
  place = await mkdtemp(join(tmpdir(), "firstframe-restored-"));
});
afterEach(async () => {
  await studio.remove();
  await rm(place, { recursive: true, force: true });
});

async function insertUnderWay(change: Partial<Generation>): Promise<string> {
  const shop = openWorkshop(studio, createScriptedVendor({}).fetch);
  const asset = await studio.assets.find("usr_a", await shop.uploadPicture());
  if (!asset) throw new Error("No picture");
  const { fileName, width, height, durationSeconds, sizeBytes, mediaType } = asset;
  const input = { assetId: asset.id, fileName, width, height, durationSeconds, sizeBytes, mediaType };
  return (await insertSome(studio.generations, { media: { firstFrame: input }, ...change })).generation.id;
}

/** What a studio does in the day after it was started. */
async function liveOn(running: TestStudio, id: string) {
  const vendor = unreadingVendor();
  const shop = openWorkshop(running, vendor.fetch);
  for (let hour = 0; hour < 26; hour += 1) {
    await shop.advanceDue(100);
    running.clock.advance(HOUR_MS);
  }
  return { row: await shop.read(id), starts: vendor.sentTo(CREATE).length };
}

describe("an order that the backup had under way", () => {
  it.each(Object.entries(UNDER_WAY))(
    "that %s is never sent by the restored studio",
    async (_name, change) => {
      const id = await insertUnderWay(change);
      const [folder, dataDir] = [join(place, "backup"), join(place, "restored")];
      await makeBackup({ dataDir: studio.dataDir, folder, now: AT });
      await restoreBackup({ dataDir, folder, now: AT });
      const restored = await openTestStudio(dataDir);
      try {
        expect((await liveOn(restored, id)).starts).toBe(0);
      } finally {
        await restored.close();
      }
    },
  );

  it("ends in clear words where the vendor could not read its files: it may have gone another way since", async () => {
    const id = await insertUnderWay(UNDER_WAY.runs ?? {});
    await createRestoredRepository(studio.db, studio.generations).holdBack(AT);
    const { row } = await liveOn(studio, id);
    expect(row).toMatchObject({
      state: "failed",
      failure: {
        title: "The vendor could not read the first frame",
        explanation: expect.stringMatching(
          /backup.*may have been sent another way and charged.*not sent again/,
        ),
        charged: "unknown",
      },
    });
  });

  it("is held back as well in a data folder that was put back by other means, once nobody works on it", async () => {
    const id = await insertUnderWay({ state: "queued" });
    const holdBack = () => holdBackRestored({ databaseUrl: null, dataDir: studio.dataDir }, AT);
    const lock = lockDataFolder(studio.dataDir);
    await expect(holdBack()).rejects.toThrow(/Another Firstframe is running/);
    lock.release();
    expect(await holdBack()).toBe(1);
    expect((await liveOn(studio, id)).starts).toBe(0);
    await expect(holdBackRestored({ databaseUrl: null, dataDir: place }, AT)).rejects.toThrow(/no database/);
    expect(await readdir(place)).toEqual([]);
  });

  it("is sent as ever by a studio that was not restored", async () => {
    const id = await insertUnderWay(UNDER_WAY.runs ?? {});
    const { starts } = await liveOn(studio, id);
    expect(starts).toBe(1);
  });
});
