import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { jpegPicture } from "@/tests/support/pictures";
import { test } from "@/tests/support/story";
import { studioPage } from "@/tests/support/studio-page";

test("frames, audio and a clip each go where they belong, make their film, and nothing that was added is lost", async ({
  studio,
  page,
}, info) => {
  test.setTimeout(180_000);
  const { url } = await studio();
  await page.goto(url);
  const on = studioPage(page);
  const says = (words: string | RegExp) => expect(on.composer.getByText(words).first()).toBeVisible();

  await on.dropPicture("pier.jpg", await jpegPicture(480, 360));
  await says(/from your first frame/);
  await on.dropFile("rap.wav", toneWav(8.2), "audio/wav");
  await says("first 5 of 8.2 s used");
  await on.dropPicture("night.jpg", await jpegPicture(480, 360));
  await expect(on.mode("Between frames")).toBeChecked();
  await on.chooseTwoSeconds();
  await says("first 2 of 8.2 s used");

  await on.prompt.fill("Day becomes night");
  await expect(on.generate).toHaveAttribute("aria-disabled", "false");
  await on.generate.click();
  const night = on.card("Day becomes night");
  await expect(night).toHaveAccessibleName(/Ready$/, { timeout: 60_000 });
  await night.focus();
  await page.keyboard.press("Enter");
  const player = page.getByRole("dialog");
  await expect(player.getByText("Between two frames")).toBeVisible();
  await expect(player.getByText("the given audio")).toBeVisible();
  const download = page.waitForEvent("download");
  await player.getByRole("link", { name: "Download" }).click();
  const path = info.outputPath("night.mp4");
  await (await download).saveAs(path);
  await page.keyboard.press("Escape");

  // Its own clip, continued.
  await on.dropFile("night.mp4", await readFile(path), "video/mp4");
  await expect(on.mode("Continue a clip")).toBeChecked();
  await says(/counts into the duration: choose 3 s or more/);
  await expect(on.generate).toHaveAttribute("aria-disabled", "true");
  const slider = on.composer.getByRole("slider", { name: "Duration" });
  await slider.press("End");
  await says("13 new seconds after 2 · all 15 s are billed");
  await slider.press("Home");
  await slider.press("ArrowRight");
  await says("1 new second after 2 · all 3 s are billed");
  await says("pier.jpg is kept, not sent");
  await on.prompt.fill("And then the morning");
  await on.generate.click();
  await expect(on.card("And then the morning")).toHaveAccessibleName(/Ready$/, { timeout: 60_000 });

  await page.reload();
  await expect(on.mode("Continue a clip")).toBeChecked();
  await says("1 new second after 2 · all 3 s are billed");
  await on.composer.getByRole("button", { name: /^Model/ }).click();
  await page.getByRole("button", { name: /^Wan 2\.6 Flash \$/ }).click();
  await expect(page.getByText(/“Continue a clip” became “Animate”.*night\.mp4 is kept aside/)).toBeVisible();
  await expect(on.mode("Continue a clip")).toBeDisabled();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(on.mode("Continue a clip")).toBeChecked();
  await on.composer.getByText("Animate", { exact: true }).first().click();
  await expect(on.mode("Animate")).toBeChecked();
  await says("first 3 of 8.2 s used");
});

/** A tone that swells, as 16-bit mono PCM. */
function toneWav(seconds: number): Buffer {
  const rate = 8000;
  const count = Math.round(seconds * rate);
  const wav = Buffer.alloc(44 + count * 2);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + count * 2, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(count * 2, 40);
  for (let index = 0; index < count; index += 1) {
    const swell = Math.abs(Math.sin((index / rate) * 4));
    wav.writeInt16LE(
      Math.round(16_000 * swell * Math.sin((index / rate) * 2 * Math.PI * 220)),
      44 + index * 2,
    );
  }
  return wav;
}
