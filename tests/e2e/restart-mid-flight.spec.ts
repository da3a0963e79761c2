import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { jpegPicture } from "@/tests/support/pictures";
import { test } from "@/tests/support/story";
import { studioPage } from "@/tests/support/studio-page";

test("the server is killed with -9 while a clip renders and restarted: the clip still arrives, once", async ({
  studio,
  page,
}) => {
  const { url, dataDir, kill, restart } = await studio();
  await page.goto(url);
  const on = studioPage(page);
  await on.dropPicture("pier.jpg", await jpegPicture(750, 1000));
  await on.prompt.fill("The boat outlives the storm");
  await on.generate.click();
  const card = on.card("The boat outlives the storm");
  await expect(card).toHaveAccessibleName(/Rendering$/, { timeout: 30_000 });

  await kill("SIGKILL");
  await restart();

  // The page that was open all the while hears of it by itself.
  await expect(card).toHaveAccessibleName(/Ready$/, { timeout: 55_000 });
  await page.reload();
  await expect(on.card("The boat outlives the storm")).toHaveCount(1);
  const films = await readdir(join(dataDir, "storage"), { recursive: true });
  expect(films.filter((name) => name.endsWith(".mp4"))).toHaveLength(1);
  const tasks = await readdir(join(dataDir, "emulator"), { recursive: true });
  expect(tasks.filter((name) => name.endsWith(".json") && name.includes("task"))).toHaveLength(1);
});

test("a demo clip is finished by the demo after a key is set, and new clips go to the vendor", async ({
  studio,
  page,
}) => {
  const { url, kill, restart } = await studio();
  await page.goto(url);
  const on = studioPage(page);
  await on.dropPicture("pier.jpg", await jpegPicture(480, 360));
  await on.prompt.fill("Begun without a key");
  await on.generate.click();
  const card = on.card("Begun without a key");
  await expect(card).toHaveAccessibleName(/Rendering$/, { timeout: 30_000 });

  await kill("SIGTERM");
  // A port where nobody listens: whatever went there would fail.
  await restart({ DASHSCOPE_API_KEY: "sk-test", DASHSCOPE_BASE_URL: "http://127.0.0.1:9" });
  await page.goto(url);
  await expect(page.getByText("at 127.0.0.1:9")).toBeVisible();
  await expect(card).toHaveAccessibleName(/Ready$/, { timeout: 55_000 });
});

test("a draft survives a reload: the picture, the words and the settings", async ({ studio, page }) => {
  const { url } = await studio();
  await page.goto(url);
  const on = studioPage(page);
  await on.dropPicture("pier.jpg", await jpegPicture(750, 1000));
  await on.prompt.fill("Not sent yet");
  await on.chooseTwoSeconds();
  await expect(on.generate).toHaveAttribute("aria-disabled", "false");
  await page.reload();
  await expect(on.prompt).toHaveValue("Not sent yet");
  await expect(on.composer.getByText("816 × 1104")).toBeVisible();
  await expect(on.generate).toContainText("$0.20");
});
