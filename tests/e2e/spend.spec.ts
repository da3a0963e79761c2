import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, expect, type Page } from "@playwright/test";
import { type EmulatorServer, startEmulatorServer } from "@/tests/support/emulator-server";
import { type Issuer, startIssuer } from "@/tests/support/oidc-issuer";
import { jpegPicture } from "@/tests/support/pictures";
import { test as story } from "@/tests/support/story";
import { studioPage } from "@/tests/support/studio-page";

const test = story.extend<{ issuer: Issuer; vendor: EmulatorServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names out of this pattern.
  issuer: async ({}, use) => {
    const issuer = await startIssuer();
    await use(issuer);
    await issuer.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names out of this pattern.
  vendor: async ({}, use) => {
    const vendor = await startEmulatorServer();
    await use(vendor);
    await vendor.remove();
  },
});

test("a creator orders until the button says which cap is full, and the spend page shows what filled it: to her all, to another his own", async ({
  studio,
  issuer,
  vendor,
  browser,
}) => {
  const { url } = await studio({
    ...issuer.env,
    ...vendor.env,
    SPEND_CAP_PERSON_DAY: "0.50 USD",
    OPERATORS: "ada@example.com",
  });
  await issuer.register(url);
  const ada = await enter(await browser.newContext(), url, "ada");
  const on = studioPage(ada);
  await order(ada, "The first boat");
  await expect(on.generate).toHaveAttribute("aria-disabled", "false");
  await order(ada, "The second boat");
  await expect(on.composer).toContainText("Over your cap: $0.10 of $0.50 is left for today.");
  await expect(on.generate).toHaveAttribute("aria-disabled", "true");

  // His own cap is not hers.
  const bob = await enter(await browser.newContext(), url, "bob");
  await order(bob, "The other boat");

  for (const name of ["The first boat", "The second boat"])
    await expect(on.card(name)).toHaveAccessibleName(/Ready$/, { timeout: 60_000 });
  await ada.getByRole("button", { name: "Menu" }).click();
  await ada.getByRole("link", { name: "Spend" }).click();
  await expect(ada.getByRole("heading", { name: "Spend" })).toBeVisible();
  await expect(ada.getByRole("region", { name: "Caps" })).toContainText("$0.10 left of $0.50");
  const people = ada.getByRole("table", { name: "By person" });
  await expect(people.getByRole("row", { name: /^ada/ })).toContainText("$0.40");
  await expect(people.getByRole("row", { name: /^bob/ })).toContainText("$0.20");
  for (const colorScheme of ["dark", "light"] as const) {
    await ada.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page: ada }).analyze()).violations, colorScheme).toEqual([]);
  }
  await ada.setViewportSize({ width: 360, height: 740 });
  expect(await ada.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);

  await bob.goto(`${url}/spend?month=nonsense`);
  await expect(bob.getByRole("table", { name: "By day" })).toContainText("$0.20");
  await expect(bob.locator("body")).not.toContainText("ada");
  await expect(bob.getByRole("table", { name: "By person" })).toHaveCount(0);
  const rowsOf = async (page: Page) =>
    (await (await page.request.get(`${url}/api/spend.csv`)).text()).split("\r\n").length - 2;
  expect([await rowsOf(ada), await rowsOf(bob)]).toEqual([3, 1]);
});

async function enter(context: BrowserContext, url: string, name: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole("button", { name: "Sign in with Example ID" }).click();
  await page.locator("input[name=login]").fill(name);
  await page.locator("input[name=password]").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  const on = studioPage(page);
  await on.dropPicture("pier.jpg", await jpegPicture(480, 360));
  await on.chooseTwoSeconds();
  return page;
}

async function order(page: Page, prompt: string): Promise<void> {
  const on = studioPage(page);
  await on.prompt.fill(prompt);
  await on.generate.click();
  await expect(on.card(prompt)).toBeVisible();
}
