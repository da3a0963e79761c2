import { type BrowserContext, expect, type Page } from "@playwright/test";
import { type Issuer, startIssuer } from "@/tests/support/oidc-issuer";
import { jpegPicture, pngPicture } from "@/tests/support/pictures";
import { test as story } from "@/tests/support/story";
import { studioPage } from "@/tests/support/studio-page";

const test = story.extend<{ issuer: Issuer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names out of this pattern.
  issuer: async ({}, use) => {
    const issuer = await startIssuer();
    await use(issuer);
    await issuer.close();
  },
});

test("a creator signs in with an OpenID Connect issuer, and a second creator gets the 404 of nothing for the first one's things", async ({
  studio,
  issuer,
  browser,
  request,
}) => {
  const { url } = await studio(issuer.env);
  await issuer.register(url);

  const ada = await (await browser.newContext()).newPage();
  await ada.goto(url);
  await expect(ada).toHaveURL(`${url}/sign-in`);
  await signIn(ada, "ada");
  await expect(ada).toHaveURL(`${url}/`);

  const on = studioPage(ada);
  const uploading = ada.waitForResponse((answer) => answer.url().includes("/api/assets?"));
  await on.dropPicture("pier.jpg", await jpegPicture(640, 480));
  const { asset } = await (await uploading).json();
  await on.prompt.fill("The boat leaves the pier");
  await on.chooseTwoSeconds();
  await on.generate.click();
  const link = on.card("The boat leaves the pier").getByRole("link").first();
  const generation = new URL((await link.getAttribute("href")) ?? "", url).pathname;
  expect(generation).toMatch(/^\/generations\/gen_/);
  const content = `/api/assets/${asset.id}/content`;
  expect((await ada.request.get(url + content)).status()).toBe(200);
  expect((await ada.goto(url + generation))?.status()).toBe(200);

  const bob = await (await browser.newContext()).newPage();
  await bob.goto(url);
  await signIn(bob, "bob");
  await expect(studioPage(bob).composer).toBeVisible();
  await expect(studioPage(bob).card("The boat leaves the pier")).toHaveCount(0);
  const nothing = "0".repeat(26);
  for (const [hers, absent] of [
    [content, `/api/assets/ast_${nothing}/content`],
    [generation, `/generations/gen_${nothing}`],
  ] as const) {
    const refused = await bob.goto(url + hers);
    const words = await bob.locator("main, pre").textContent();
    expect(refused?.status(), hers).toBe(404);
    expect((await bob.goto(url + absent))?.status(), absent).toBe(404);
    expect(await bob.locator("main, pre").textContent()).toBe(words);
  }

  expect((await request.get(url + content)).status()).toBe(401);
});

test("a person who is not allowed is told so and gets no session", async ({ studio, issuer, page }) => {
  const { url } = await studio({ ...issuer.env, SIGN_IN_ALLOW: "ada@example.com" });
  await issuer.register(url);
  await page.goto(url);
  await signIn(page, "eve");
  await expect(page.getByRole("alert").filter({ hasText: "not let this account in" })).toBeVisible();
  await page.goto(url);
  await expect(page).toHaveURL(`${url}/sign-in`);
});

test("an address that the issuer does not vouch for opens nothing", async ({ studio, issuer, page }) => {
  const { url } = await studio({ ...issuer.env, SIGN_IN_ALLOW: "@example.com" });
  await issuer.register(url);
  await page.goto(url);
  await signIn(page, "unverified-ada");
  await expect(page.getByRole("alert").filter({ hasText: "not let this account in" })).toBeVisible();
});

test("a sign-in outlives a restart, and ends with one that no longer allows the person", async ({
  studio,
  issuer,
  page,
}) => {
  const { url, kill, restart } = await studio({ ...issuer.env, SIGN_IN_ALLOW: "@example.com" });
  await issuer.register(url);
  await page.goto(url);
  await signIn(page, "ada");
  await expect(page).toHaveURL(`${url}/`);

  await kill("SIGTERM");
  await restart();
  await page.goto(url);
  await expect(page).toHaveURL(`${url}/`);

  await kill("SIGTERM");
  await restart({ SIGN_IN_ALLOW: "bob@example.com" });
  await page.goto(url);
  await expect(page).toHaveURL(`${url}/sign-in`);
});

test("a hostile page cannot make a signed-in creator's browser change anything", async ({
  studio,
  issuer,
  page,
  context,
}) => {
  const { url } = await studio(issuer.env);
  await issuer.register(url);
  await page.goto(url);
  await signIn(page, "ada");
  expect(await sessionCookies(context)).toMatchObject([{ httpOnly: true, sameSite: "Lax" }]);
  const forged = await page.request.post(`${url}/api/assets?name=a.png&slot=firstFrame&model=wan2.7-i2v`, {
    headers: { origin: "https://evil.example" },
    data: await pngPicture(640, 480),
  });
  expect(forged.status()).toBe(403);
});

async function signIn(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Sign in with Example ID" }).click();
  // The issuer's own two pages: who, and whether the studio may know.
  await page.locator("input[name=login]").fill(name);
  await page.locator("input[name=password]").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

async function sessionCookies(context: BrowserContext) {
  return (await context.cookies()).filter(({ name }) => name.includes("session-token"));
}
