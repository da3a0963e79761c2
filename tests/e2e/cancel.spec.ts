import { expect } from "@playwright/test";
import { jpegPicture } from "@/tests/support/pictures";
import { test } from "@/tests/support/story";
import { studioPage } from "@/tests/support/studio-page";

test("a clip is taken back while it waits at the provider, not offered once it is being made, and kept with its reason where it was asked too late", async ({
  studio,
  page,
  browser,
}) => {
  const { url } = await studio();
  await page.goto(url);
  const on = studioPage(page);
  await on.dropPicture("pier.jpg", await jpegPicture(480, 360));
  await on.chooseTwoSeconds();

  await on.prompt.fill("A change of mind [demo:waiting]");
  await on.generate.click();
  const waiting = page.getByRole("article", { name: /^A change of mind.*free slot at the provider$/ });
  await waiting.getByRole("button", { name: "Cancel" }).click();
  const gone = page.getByRole("article", { name: /^A change of mind.*Taken back$/ });
  await expect(gone).toContainText(
    "It was ended at the provider before a film was made. Nothing was charged.",
  );
  await gone.getByRole("button", { name: "Dismiss" }).click();
  await expect(gone).toHaveCount(0);

  // A page that hears no news goes on offering what the vendor no longer grants.
  const deaf = await (await browser.newContext()).newPage();
  await deaf.route("**/api/events*", (route) => route.abort());
  await deaf.goto(url);
  const onDeaf = studioPage(deaf);
  await onDeaf.dropPicture("pier.jpg", await jpegPicture(480, 360));
  await onDeaf.chooseTwoSeconds();
  await onDeaf.prompt.fill("A thought too late [demo:slow]");
  await onDeaf.generate.click();

  const rendering = page.getByRole("article", { name: /^A thought too late.*Rendering$/ });
  await expect(rendering).toBeVisible({ timeout: 30_000 });
  await expect(rendering.getByRole("button", { name: "Cancel" })).toHaveCount(0);
  await onDeaf.card("A thought too late").getByRole("button", { name: "Cancel" }).click();
  const late = page.getByRole("article", { name: /^A thought too late.*too late to cancel$/ });
  await expect(late).toContainText(
    "already being made and can no longer be taken back. It is kept when it comes.",
  );

  const kept = page.getByRole("article", { name: /^A thought too late.*Cancelled too late$/ });
  await expect(kept).toBeVisible({ timeout: 60_000 });
  await page.reload();
  await expect(kept).toContainText("Cancelled too late; kept.");
  await kept.focus();
  await page.keyboard.press("Enter");
  const player = page.getByRole("dialog");
  await expect(player.getByText("Cancelled too late; kept. In demo mode nothing is charged.")).toBeVisible();
  await expect(player.getByText("2 s at 720P, as a vendor would bill it")).toBeVisible();
});
