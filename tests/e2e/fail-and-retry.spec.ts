import { expect } from "@playwright/test";
import { jpegPicture } from "@/tests/support/pictures";
import { test } from "@/tests/support/story";
import { studioPage } from "@/tests/support/studio-page";

test("a failure is explained and retried: what was refused, what it cost, what to press", async ({
  studio,
  page,
}) => {
  const { url } = await studio();
  await page.goto(url);
  const on = studioPage(page);
  await on.dropPicture("pier.jpg", await jpegPicture(480, 360));
  await on.prompt.fill("A storm gathers [demo:refused-once]");
  await on.chooseTwoSeconds();
  await on.generate.click();

  const failed = page.getByRole("article", { name: /^A storm gathers.*broke at the vendor/ });
  await expect(failed).toBeVisible({ timeout: 45_000 });
  await expect(failed).toContainText("Nothing was charged");
  await failed.getByRole("button", { name: "Details" }).click();
  await expect(page.getByRole("dialog")).toContainText("InternalError");
  await page.keyboard.press("Escape");

  // It stays until somebody deals with it.
  await page.reload();
  await expect(failed).toBeVisible();
  await failed.getByRole("button", { name: /^Retry/ }).click();
  await expect(page.getByRole("article", { name: /^A storm gathers.*Ready$/ })).toBeVisible({
    timeout: 45_000,
  });
  await expect(failed).toHaveCount(0);
});

test("a refusal by the content check names its reason and is put away by hand", async ({ studio, page }) => {
  const { url } = await studio();
  await page.goto(url);
  const on = studioPage(page);
  await on.dropPicture("pier.jpg", await jpegPicture(480, 360));
  await on.prompt.fill("Something rude [demo:refused-at-create]");
  await on.generate.click();

  const failed = page.getByRole("article", { name: /^Something rude.*content check refused/ });
  await expect(failed).toBeVisible({ timeout: 20_000 });
  await failed.getByRole("button", { name: "Dismiss" }).click();
  await expect(failed).toHaveCount(0);
  await page.reload();
  await expect(on.generate).toBeVisible();
  await expect(failed).toHaveCount(0);
});
