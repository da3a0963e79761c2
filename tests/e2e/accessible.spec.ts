import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { jpegPicture } from "@/tests/support/pictures";
import { test } from "@/tests/support/story";
import { studioPage } from "@/tests/support/studio-page";

test("the studio, the player and a shared clip can be used by everybody, in both themes and on a phone", async ({
  studio,
  page,
}) => {
  const { url } = await studio();
  await page.goto(url);
  await expectAccessible(page, "the empty studio");

  const on = studioPage(page);
  await on.dropPicture("pier.jpg", await jpegPicture(480, 360));
  await on.prompt.fill("Everybody's boat");
  await on.chooseTwoSeconds();
  await on.generate.click();
  const card = on.card("Everybody's boat");
  await expect(card).toHaveAccessibleName(/Ready$/, { timeout: 45_000 });
  await expectAccessible(page, "the studio with a clip");

  await page.setViewportSize({ width: 360, height: 740 });
  await expectAccessible(page, "the studio on a phone");
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth),
    "nothing is wider than the phone",
  ).toBeLessThanOrEqual(360);
  await page.setViewportSize({ width: 1440, height: 900 });

  await card.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectAccessible(page, "the player");
  await page.getByRole("dialog").getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByRole("textbox", { name: "Link to the clip" }).inputValue();
  await expectAccessible(page, "the share dialog");
  await page.goto(link);
  await expectAccessible(page, "the shared clip");
});

async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page })
      .withTags(["wcag2a", "wcag2aa", "wcag21aa"])
      .analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
    expect(found, `${what}, ${colorScheme}`).toEqual([]);
  }
}
