import { expect } from "@playwright/test";
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from "mediabunny";
import { jpegPicture } from "@/tests/support/pictures";
import { test } from "@/tests/support/story";
import { studioPage } from "@/tests/support/studio-page";

test("compose, watch, play, share: from a dropped picture to a link that plays without scripts", async ({
  studio,
  page,
  browser,
}, info) => {
  const { url } = await studio();
  await page.goto(url);
  const on = studioPage(page);
  await expect(page.getByText("Demo mode · no key")).toBeVisible();
  await expect(on.generate).toHaveAttribute("aria-disabled", "true");

  await on.dropPicture("pier.jpg", await jpegPicture(750, 1000));
  await expect(on.composer.getByText("816 × 1104")).toBeVisible();
  await on.prompt.fill("The boat leaves the pier at dusk");
  await expect(on.generate).toContainText("$0.50");
  await expect(on.generate).toHaveAttribute("aria-disabled", "false");
  await page.keyboard.press("Control+Enter");

  // A second browser window sees the same without being told.
  const second = await browser.newPage();
  await second.goto(url);
  const card = on.card("The boat leaves the pier");
  await expect(card).toBeVisible();
  await expect(studioPage(second).card("The boat leaves the pier")).toBeVisible();
  await expect(card).toHaveAccessibleName(/Ready$/, { timeout: 55_000 });
  await expect(studioPage(second).card("The boat leaves the pier")).toHaveAccessibleName(/Ready$/);
  await page.reload();
  await expect(card).toHaveAccessibleName(/Ready$/);

  // The player, at its own address, with seek that works.
  await card.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/generations\/gen_[0-9a-z]{26}$/);
  const player = page.getByRole("dialog");
  const film = player.locator("video");
  await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThan(0);
  expect(await film.evaluate((video: HTMLVideoElement) => [video.videoWidth, video.videoHeight])).toEqual([
    816, 1104,
  ]);
  await film.evaluate((video: HTMLVideoElement) => {
    video.pause();
    video.currentTime = 4;
  });
  await expect
    .poll(() => film.evaluate((video: HTMLVideoElement) => !video.seeking && video.currentTime))
    .toBe(4);
  await film.evaluate((video: HTMLVideoElement) => video.play());
  await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.currentTime)).toBeGreaterThan(4.2);

  // The file itself, to the pixel and the frame.
  const download = page.waitForEvent("download");
  await player.getByRole("link", { name: "Download" }).click();
  const path = info.outputPath("clip.mp4");
  await (await download).saveAs(path);
  expect(await probe(path)).toMatchObject({ width: 816, height: 1104, frames: 150, codec: "avc" });

  // The link, opened by a stranger with scripts off.
  await player.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByRole("textbox", { name: "Link to the clip" }).inputValue();
  expect(link).toMatch(/\/s\/[0-9a-z]{32}$/);
  const stranger = await browser.newContext({ javaScriptEnabled: false });
  const shared = await stranger.newPage();
  await shared.goto(link);
  const video = shared.locator("video");
  await expect(video).toBeVisible();
  await expect(shared.getByText("The boat leaves the pier")).toHaveCount(0);
  const preview = Object.fromEntries(
    await shared
      .locator("meta[property^='og:']")
      .evaluateAll((tags) => tags.map((tag) => [tag.getAttribute("property"), tag.getAttribute("content")])),
  );
  expect(preview).toMatchObject({
    "og:title": "A clip made with Firstframe",
    "og:video:width": "816",
    "og:video:height": "1104",
    "og:video:type": "video/mp4",
    "og:image:width": "816",
    "og:image:height": "1104",
  });
  for (const address of [preview["og:video"], preview["og:image"]]) {
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/shares\//);
    expect((await stranger.request.get(address ?? "")).status()).toBe(200);
  }
  const part = await stranger.request.get(preview["og:video"] ?? "", { headers: { range: "bytes=0-99" } });
  expect([part.status(), part.headers()["content-length"]]).toEqual([206, "100"]);

  // Taken back, it is gone at once: page, film and poster, exactly like a link that never was.
  await page.getByRole("button", { name: "Take it back" }).click();
  await expect(page.getByText("Taken back.")).toBeVisible();
  const gone = await shared.goto(link);
  const never = await stranger.request.get(`${url}/s/${"0".repeat(32)}`);
  expect([gone?.status(), never.status()]).toEqual([404, 404]);
  for (const address of [preview["og:video"], preview["og:image"]]) {
    expect((await stranger.request.get(address ?? "")).status()).toBe(404);
  }
  // Nor did anything else keep a copy of what was shared.
  const poster = new URL(preview["og:image"] ?? "").pathname;
  const optimised = `${url}/_next/image?url=${encodeURIComponent(poster)}&w=1920&q=75`;
  expect((await stranger.request.get(optimised)).status()).toBe(404);
  await stranger.close();
  await second.close();
});

async function probe(path: string) {
  const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path) });
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new Error("The clip has no pictures");
  let frames = 0;
  for await (const _packet of new EncodedPacketSink(track).packets()) frames += 1;
  return { width: track.displayWidth, height: track.displayHeight, codec: track.codec, frames };
}
