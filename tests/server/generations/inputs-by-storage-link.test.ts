import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createMediaLinks } from "@/lib/server/assets/media-links";
import { listConnections } from "@/lib/server/connections/list-connections";
import { submitGeneration } from "@/lib/server/generations/submit-generation";
import { createLog } from "@/lib/server/log";
import { createS3Storage } from "@/lib/server/storage/s3-storage";
import { store } from "@/tests/contracts/stored-inputs";
import { connectionAt } from "@/tests/contracts/wire-cases";
import { makeWav } from "@/tests/server/media/make-wav";
import { createScriptedVendor, json } from "@/tests/support/scripted-vendor";
import { openTestStudio, type TestStudio } from "@/tests/support/test-studio";
import { openWorkshop } from "@/tests/support/test-workshop";

const CREATE = "/v2/video/generations";

let studio: TestStudio;
beforeEach(async () => {
  studio = await openTestStudio();
});
afterEach(() => studio.remove());

/** A studio that nobody reaches, whose bucket everybody reaches, or nobody either. */
function openGateway({ publicEndpoint }: { publicEndpoint: string | null }) {
  const { linkFor } = createS3Storage({
    place: {
      bucket: "films",
      region: "us-east-1",
      endpoint: "http://10.0.0.7:9000",
      publicEndpoint,
      credentials: { accessKeyId: "AKIA1", secretAccessKey: "secret" },
    },
    spoolDir: tmpdir(),
    log: createLog("silent"),
  });
  const mediaLinks = createMediaLinks({
    publicUrl: null,
    reach: "none",
    secret: () => "",
    clock: studio.clock,
    storageLinks: linkFor ? { linkFor, reach: "public" } : null,
  });
  const vendor = createScriptedVendor({ [`POST ${CREATE}`]: [json(200, { id: "t", status: "queued" })] });
  const shop = openWorkshop({ ...studio, mediaLinks }, vendor.fetch, connectionAt({ vendor: "aimlapi" }));
  return { shop, vendor };
}

async function orderWithSound(shop: ReturnType<typeof openWorkshop>) {
  const drivingAudio = await store(studio, "drivingAudio", "voice.wav", makeWav(3));
  const media = { firstFrame: await shop.uploadPicture(), drivingAudio };
  return { drivingAudio, id: await shop.createOne({ media, shownPrice: null }) };
}

it("a sound reaches AI/ML API by a link to the bucket, though the studio itself has no address", async () => {
  const { shop, vendor } = openGateway({ publicEndpoint: "https://s3.example" });
  expect(listConnections(shop.workshop)).toMatchObject([{ hasPublicLinks: true }]);
  const { id, drivingAudio } = await orderWithSound(shop);
  await submitGeneration(shop.workshop, (await shop.lease()) ?? expect.fail("no row is due"));

  expect(await shop.read(id)).toMatchObject({ state: "running", remoteTask: { taskId: "t" } });
  const asset = await studio.assets.find("usr_a", drivingAudio);
  const [sent] = vendor.sentTo(CREATE);
  const urls = Object.values(JSON.parse(sent?.body ?? "{}")).filter((value) => String(value).includes("s3."));
  const url = new URL(String(urls[0]));
  expect(urls).toHaveLength(1);
  expect(url.origin + url.pathname).toBe(`https://s3.example/films/${asset?.blobKey}`);
  expect(url.searchParams.get("response-content-type")).toBe("audio/wav");
  expect(JSON.stringify(await shop.read(id)), "the row keeps no link").not.toContain("X-Amz");
});

it("without an endpoint that vendors reach, the same order is refused before anything is sent", async () => {
  const { shop, vendor } = openGateway({ publicEndpoint: null });
  expect(listConnections(shop.workshop)).toMatchObject([{ hasPublicLinks: false }]);
  await expect(orderWithSound(shop)).rejects.toMatchObject({
    fields: { drivingAudio: expect.stringContaining("or a bucket with S3_PUBLIC_ENDPOINT") },
  });
  expect(vendor.sent).toEqual([]);
});
