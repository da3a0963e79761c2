import { readFile, writeFile } from "node:fs/promises";
import { jpegPicture } from "./pictures";
import { createScriptedVendor, json } from "./scripted-vendor";
import { openTestStudio, type TestStudio, testMedia } from "./test-studio";
import { openWorkshop } from "./test-workshop";

const HOUR_MS = 3_600_000;
// An address in figures: names cannot be looked up without a network.
const LINK = "https://93.184.216.34/x.mp4";

type Answers = Parameters<typeof createScriptedVendor>[0][string];

/** A small real film of half a second, 320 × 240. */
export async function makeTestFilm(): Promise<Buffer> {
  const maker = await openTestStudio();
  const [picturePath, outputPath] = [maker.incoming.newPath(".jpg"), maker.incoming.newPath(".mp4")];
  await writeFile(picturePath, await jpegPicture(320, 240));
  const size = { width: 320, height: 240, frameCount: 15, framesPerSecond: 30 };
  await testMedia().run("render-move", { picturePath, outputPath, ...size, caption: "Test", seed: 1 });
  const film = await readFile(outputPath);
  await maker.remove();
  return film;
}

/** A vendor whose task has succeeded; `files` are the answers to its result's address, in order. Links last a day. */
export function vendorWithResult(studio: TestStudio, ...files: Answers) {
  let links = 0;
  return createScriptedVendor({
    "POST /api/v1/services": [json(200, { output: { task_id: "t", task_status: "PENDING" } })],
    "GET /api/v1/tasks/": [
      () => {
        links += 1;
        const expires = Math.floor((studio.clock.now() + 24 * HOUR_MS) / 1000);
        return json(200, {
          request_id: "r",
          output: { task_status: "SUCCEEDED", video_url: `${LINK}?Expires=${expires}&Signature=s${links}` },
          usage: { duration: 5, input_video_duration: 0, output_video_duration: 5, video_count: 1, SR: 720 },
        });
      },
    ],
    "GET /x.mp4": files,
  });
}

/** An order whose clip was found finished, and tried to be saved once. */
export async function finishedWith(studio: TestStudio, ...files: Answers) {
  const vendor = vendorWithResult(studio, ...files);
  const shop = openWorkshop(studio, vendor.fetch);
  const id = await shop.createOne();
  await shop.advanceDue();
  studio.clock.advance(15_000);
  await shop.advanceDue();
  return { vendor, shop, id };
}
